package io.trueno.zram.ublk;

import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    private static final String ROOT = "io.trueno.zram.ublk";

    @Test
    void layersKnowOnlyThoseBelow() {
        JavaClasses classes =
                new ClassFileImporter()
                        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                        .importPackages(ROOT);
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("device")
                .definedBy(ROOT)
                .layer("queue")
                .definedBy(ROOT + ".queue")
                .layer("control")
                .definedBy(ROOT + ".control")
                .layer("uring")
                .definedBy(ROOT + ".uring")
                .layer("process")
                .definedBy(ROOT + ".process")
                .layer("sys")
                .definedBy(ROOT + ".sys")
                .whereLayer("device")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("queue")
                .mayOnlyBeAccessedByLayers("device")
                .whereLayer("control")
                .mayOnlyBeAccessedByLayers("device", "queue")
                .whereLayer("uring")
                .mayOnlyBeAccessedByLayers("control", "queue")
                .whereLayer("process")
                .mayNotBeAccessedByAnyLayer()
                .check(classes);
    }
}
