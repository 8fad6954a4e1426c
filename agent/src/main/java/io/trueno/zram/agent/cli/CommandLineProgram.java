package io.trueno.zram.agent.cli;

import io.trueno.zram.agent.control.ControlException;
import io.trueno.zram.agent.daemon.AgentException;
import io.trueno.zram.config.ConfigException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Finds the command, runs it, and turns what it throws into one line and an exit status. */
public final class CommandLineProgram {
    private static final Map<String, Supplier<Object>> COMMANDS = commands();

    private CommandLineProgram() {}

    private static Map<String, Supplier<Object>> commands() {
        Map<String, Supplier<Object>> commands = new LinkedHashMap<>();
        commands.put("demo", DemoCommand::new);
        commands.put("agent", AgentCommand::new);
        commands.put("create", CreateCommand::new);
        commands.put("list", ListCommand::new);
        commands.put("status", ListCommand::new);
        commands.put("stat", StatCommand::new);
        commands.put("set", SetCommand::new);
        commands.put("compact", CompactCommand::new);
        commands.put("deduplicate", DeduplicateCommand::new);
        commands.put("writeback", WritebackCommand::new);
        commands.put("idle", IdleCommand::new);
        commands.put("recompress", RecompressCommand::new);
        commands.put("reset", ResetCommand::new);
        commands.put("remove", RemoveCommand::new);
        commands.put("upgrade", UpgradeCommand::new);
        commands.put("doctor", DoctorCommand::new);
        commands.put("info", InfoCommand::new);
        commands.put("entropy", EntropyCommand::new);
        commands.put("bench", BenchCommand::new);
        return commands;
    }

    /**
     * Runs one command.
     *
     * @return the exit status: 0, 1 or 2
     */
    public static int run(String[] args) {
        return program(args)
                .setExecutionExceptionHandler(
                        (e, command, parsed) -> failed(command.getCommandName(), e))
                .setParameterExceptionHandler((e, arguments) -> {
                    String name = e.getCommandLine().getCommandSpec().qualifiedName();
                    System.err.println(name + ": " + usageError(e) + ": see '" + name + " --help'");
                    return CommandLine.ExitCode.USAGE;
                })
                .execute(args);
    }

    /** Tells why a command has failed; gives the exit status. */
    static int failed(String command, Exception e) {
        System.err.println("trueno-zram " + command + ": " + oneLine(e));
        return CommandLine.ExitCode.SOFTWARE;
    }

    /** With the one command that is asked for, since making all of them takes a while. */
    private static CommandLine program(String[] args) {
        CommandLine program = new CommandLine(new RootCommand());
        Supplier<Object> asked = args.length == 0 ? null : COMMANDS.get(args[0]);
        if (asked != null) {
            program.addSubcommand(args[0], asked.get());
        } else {
            COMMANDS.forEach((name, command) -> {
                if (!name.equals("status")) { // an alias, told in the help of list
                    program.addSubcommand(name, command.get());
                }
            });
        }
        return program;
    }

    private static String usageError(ParameterException e) {
        if (e instanceof UnmatchedArgumentException unmatched && !unmatched.isUnknownOption()) {
            List<String> suggestions = unmatched.getSuggestions();
            String meant =
                    suggestions.isEmpty() ? "" : " (did you mean " + suggestions.getFirst() + "?)";
            return "unexpected '" + unmatched.getUnmatched().getFirst() + "'" + meant;
        }
        return firstLine(e.getMessage());
    }

    private static String oneLine(Exception e) {
        return switch (e) {
            case CommandFailure f -> firstLine(f.getMessage());
            case ControlException f -> firstLine(f.getMessage());
            case AgentException f -> firstLine(f.getMessage());
            case ConfigException f -> firstLine(f.getMessage());
            case NoSuchFileException f -> f.getFile() + ": no such file";
            case AccessDeniedException f -> f.getFile() + ": permission denied";
            case IOException f -> firstLine(f.getMessage());
            default -> "internal error, please report it: " + e + place(e);
        };
    }

    private static String place(Exception e) {
        return e.getStackTrace().length == 0 ? "" : " at " + e.getStackTrace()[0];
    }

    private static String firstLine(@Nullable String text) {
        return String.valueOf(text).lines().findFirst().orElse("no reason given");
    }
}
