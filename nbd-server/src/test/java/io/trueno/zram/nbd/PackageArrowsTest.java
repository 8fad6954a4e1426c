package io.trueno.zram.nbd;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class PackageArrowsTest {
    private static final JavaClasses CLASSES =
            new ClassFileImporter()
                    .withImportOption(new ImportOption.DoNotIncludeTests())
                    .importPackages("io.trueno.zram.nbd");

    @Test
    void onlyTheEdgeKnowsChannels() {
        noClasses()
                .that()
                .haveNameNotMatching(
                        ".*\\.(NbdServer|NbdConnection|NbdTransport|ReceiveAllocator)(\\$.*)?")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.netty.channel..")
                .check(CLASSES);
    }

    @Test
    void theEngineIsSeenThroughItsPortAlone() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.trueno.zram.engine.store..",
                        "io.trueno.zram.engine.codec..",
                        "io.trueno.zram.engine.kernel..",
                        "io.trueno.zram.engine.memory..")
                .check(CLASSES);
    }

    @Test
    void theKernelsDriverIsSpokenToBelowTheProtocol() {
        noClasses()
                .that()
                .resideInAnyPackage("io.trueno.zram.nbd.netlink", "io.trueno.zram.nbd.sys")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.trueno.zram.nbd", "io.netty..", "io.trueno.zram.engine..")
                .check(CLASSES);
        noClasses()
                .that()
                .resideOutsideOfPackage("io.trueno.zram.nbd.sys")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("com.kenai.jffi..", "jnr..")
                .check(CLASSES);
    }
}
