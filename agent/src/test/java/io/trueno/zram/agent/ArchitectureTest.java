package io.trueno.zram.agent;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(
        packages = "io.trueno.zram.agent",
        importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule onlyTheCommandLineKnowsItsLibrary =
            noClasses()
                    .that()
                    .resideOutsideOfPackage("..agent.cli..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("picocli..");

    @ArchTest
    static final ArchRule nobodyBelowKnowsTheCommandLine =
            noClasses()
                    .that()
                    .resideInAnyPackage(
                            "..agent.bench..",
                            "..agent.control..",
                            "..agent.daemon..",
                            "..agent.demo..",
                            "..agent.device..",
                            "..agent.entropy..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("..agent.cli..");

    @ArchTest
    static final ArchRule devicesKnowNeitherControlNorTransport =
            noClasses()
                    .that()
                    .resideInAPackage("..agent.device..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(
                            "..agent.control..", "..agent.daemon..", "..zram.nbd..", "io.netty..");

    @ArchTest
    static final ArchRule measurementsStandAlone =
            noClasses()
                    .that()
                    .resideInAnyPackage("..agent.bench..", "..agent.entropy..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(
                            "..agent.control..",
                            "..agent.daemon..",
                            "..agent.device..",
                            "..agent.demo..");
}
