package io.trueno.zram.engine;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The arrows between the engine's packages. */
@AnalyzeClasses(
        packages = "io.trueno.zram.engine",
        importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule storeOverCodecOverKernel =
            layeredArchitecture()
                    .consideringOnlyDependenciesInLayers()
                    .layer("store")
                    .definedBy("..engine.store..")
                    .optionalLayer("select")
                    .definedBy("..engine.select..")
                    .layer("codec")
                    .definedBy("..engine.codec..")
                    .layer("kernel")
                    .definedBy("..engine.kernel..")
                    .layer("memory")
                    .definedBy("..engine.memory..")
                    .whereLayer("store")
                    .mayNotBeAccessedByAnyLayer()
                    .whereLayer("select")
                    .mayOnlyBeAccessedByLayers("store")
                    .whereLayer("codec")
                    .mayOnlyBeAccessedByLayers("store", "select")
                    .whereLayer("kernel")
                    .mayOnlyBeAccessedByLayers("codec", "select")
                    .whereLayer("memory")
                    .mayOnlyBeAccessedByLayers("store");

    @ArchTest
    static final ArchRule onlyTheVectorKernelsNeedTheIncubatorModule =
            noClasses()
                    .that()
                    .resideOutsideOfPackage("..engine.kernel.vector..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("jdk.incubator..");

    @ArchTest
    static final ArchRule theVectorKernelsAreReachedByNameOnly =
            noClasses()
                    .that()
                    .resideOutsideOfPackage("..engine.kernel.vector..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("..engine.kernel.vector..");

    @ArchTest
    static final ArchRule onlyMemoryCallsNativeCode =
            noClasses()
                    .that()
                    .resideOutsideOfPackage("..engine.memory..")
                    .should()
                    .dependOnClassesThat()
                    .haveFullyQualifiedName("java.lang.foreign.Linker");

    @ArchTest
    static final ArchRule nobodyUsesInternalClasses =
            noClasses()
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage("sun..", "jdk.internal..");
}
