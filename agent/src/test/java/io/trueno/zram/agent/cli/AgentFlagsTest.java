package io.trueno.zram.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.trueno.zram.config.Setting;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class AgentFlagsTest {
    @Test
    void everyFlagIsReadInBothForms() {
        AgentFlags apart =
                plain(
                        "agent --runtime-dir /a --config /b --metrics-listen 1 --nbd-listen 2"
                                + " --nbd-socket /c");
        AgentFlags joined =
                plain(
                        "agent --runtime-dir=/a --config=/b --metrics-listen=1 --nbd-listen=2"
                                + " --nbd-socket=/c");
        assertThat(apart)
                .isEqualTo(joined)
                .isEqualTo(new AgentFlags(Path.of("/a"), Path.of("/b"), "1", "2", Path.of("/c")));
        assertThat(apart.settings())
                .extracting(Setting::value)
                .containsExactly("/a", "1", "2", "/c");
    }

    @Test
    void itKnowsTheFlagsThatPicocliKnows() {
        String[] names =
                new CommandLine(new AgentCommand())
                        .getCommandSpec().options().stream()
                                .filter(option -> option.arity().max() == 1)
                                .map(CommandLine.Model.OptionSpec::longestName)
                                .toArray(String[]::new);
        String[] args =
                Stream.concat(
                                Stream.of("agent"),
                                Arrays.stream(names).flatMap(name -> Stream.of(name, "/x")))
                        .toArray(String[]::new);
        assertThat(names).hasSize(AgentFlags.class.getRecordComponents().length);
        assertThat(AgentFlags.plain(args)).hasNoNullFieldsOrProperties();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "agent --help",
                "agent -h",
                "agent list",
                "agent --runtime-dir",
                "agent --runtime-dir=",
                "agent --config --nbd-socket /a",
                "agent --config /a --config /b",
                "agent --unknown /a",
                "agent --runtime /a"
            })
    void anythingElseIsForPicocli(String line) {
        assertThat(AgentFlags.plain(line.split(" ", -1))).isNull();
    }

    private static AgentFlags plain(String line) {
        return Objects.requireNonNull(AgentFlags.plain(line.split(" ", -1)));
    }
}
