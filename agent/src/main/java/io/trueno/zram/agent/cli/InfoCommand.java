package io.trueno.zram.agent.cli;

import io.trueno.zram.agent.daemon.MachineMemory;
import io.trueno.zram.config.ByteSize;
import io.trueno.zram.engine.Algorithm;
import io.trueno.zram.engine.HardwareTier;
import io.trueno.zram.engine.SimdBackend;
import io.trueno.zram.nbd.NbdTransport;
import io.trueno.zram.ublk.UblkDriver;
import io.trueno.zram.ublk.UblkException;
import io.trueno.zram.ublk.control.UblkFeature;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "info",
        description =
                "Tell what this machine and this build can do, and why not where they cannot.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class InfoCommand implements Runnable {
    private static final String NOT_BUILT = "this build does not have it";

    @Mixin private JsonOption json = new JsonOption();

    /**
     * Something that may or may not be there.
     *
     * @param reason why it is not; empty if it is
     */
    private record Feature(String name, boolean available, String reason) {
        static Feature of(String name, java.util.Optional<String> whyUnavailable) {
            return new Feature(name, whyUnavailable.isEmpty(), whyUnavailable.orElse(""));
        }

        String line() {
            return "  " + name + ": " + (available ? "available" : "no, " + reason) + "\n";
        }
    }

    private record Ublk(Feature driver, List<Feature> features) {
        static Ublk find() {
            try (UblkDriver driver = UblkDriver.open()) {
                return new Ublk(
                        new Feature("ublk", true, ""),
                        Arrays.stream(UblkFeature.values())
                                .map(f -> Feature.of(f.name(), driver.whyUnavailable(f)))
                                .toList());
            } catch (UblkException e) {
                return new Ublk(
                        new Feature("ublk", false, String.valueOf(e.getMessage())), List.of());
            }
        }
    }

    private record Info(
            String version,
            String java,
            String architecture,
            String kernel,
            int processors,
            long memoryBytes,
            List<String> algorithms,
            HardwareTier tier,
            int batchPages,
            String simd,
            List<Feature> simdBackends,
            List<Feature> nbdTransports,
            Feature ublk,
            List<Feature> ublkFeatures,
            Feature gpu) {}

    @Override
    public void run() {
        Feature gpu = new Feature("gpu", false, NOT_BUILT);
        Ublk ublk = Ublk.find();
        HardwareTier tier = HardwareTier.detect(gpu::available);
        Info info =
                new Info(
                        Version.number(),
                        System.getProperty("java.vm.version"),
                        System.getProperty("os.arch"),
                        System.getProperty("os.version"),
                        Runtime.getRuntime().availableProcessors(),
                        MachineMemory.totalBytes(),
                        Codecs.available().stream().map(Algorithm::toString).toList(),
                        tier,
                        tier.batchPages(),
                        SimdBackend.detect().name(),
                        Arrays.stream(SimdBackend.values())
                                .map(b -> Feature.of(b.name(), b.whyUnavailable()))
                                .toList(),
                        Arrays.stream(NbdTransport.values())
                                .map(t -> Feature.of(t.name(), t.whyUnavailable()))
                                .toList(),
                        ublk.driver(),
                        ublk.features(),
                        gpu);
        json.print(info, () -> text(info));
    }

    private static String text(Info info) {
        return "trueno-zram "
                + info.version()
                + "\njava        "
                + info.java()
                + "\nmachine     "
                + info.architecture()
                + ", "
                + info.processors()
                + " processors, "
                + ByteSize.format(info.memoryBytes())
                + " memory, Linux "
                + info.kernel()
                + "\nalgorithms  "
                + String.join(", ", info.algorithms())
                + "\ntier        "
                + info.tier().name().toLowerCase(Locale.ROOT)
                + ", batches of "
                + info.batchPages()
                + " pages"
                + "\nSIMD        "
                + info.simd()
                + "\n"
                + lines(info.simdBackends())
                + "NBD transports\n"
                + lines(info.nbdTransports())
                + "other ways\n"
                + lines(List.of(info.ublk(), info.gpu()))
                + (info.ublkFeatures().isEmpty() ? "" : "ublk features\n")
                + lines(info.ublkFeatures());
    }

    private static String lines(List<Feature> features) {
        return features.stream().map(Feature::line).collect(Collectors.joining());
    }
}
