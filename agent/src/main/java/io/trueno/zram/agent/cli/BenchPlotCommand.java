package io.trueno.zram.agent.cli;

import io.trueno.zram.agent.bench.CodecPlot;
import io.trueno.zram.agent.bench.CodecResult;
import io.trueno.zram.agent.control.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "plot",
        description = "Draw lines of bench codec --json as an SVG picture of ratio against speed.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class BenchPlotCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "LINES", description = "File of JSON lines.")
    private Path lines = Path.of("");

    @Parameters(index = "1", paramLabel = "SVG", description = "File to write.")
    private Path picture = Path.of("");

    @Override
    public Integer call() throws IOException {
        List<CodecResult> results = new ArrayList<>();
        for (String line : Files.readAllLines(lines)) {
            // Verdicts on dictionaries stand among the lines.
            if (line.startsWith("{\"codec\"")) {
                results.add(Json.read(line, CodecResult.class));
            }
        }
        if (results.isEmpty()) {
            throw new CommandFailure(lines + " has no line of bench codec --json");
        }
        Files.writeString(picture, CodecPlot.svg(results));
        return CommandLine.ExitCode.OK;
    }
}
