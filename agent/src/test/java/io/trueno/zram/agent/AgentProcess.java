package io.trueno.zram.agent;

import io.trueno.zram.agent.ProgramProcess.Outcome;
import io.trueno.zram.agent.control.ControlClient;
import io.trueno.zram.agent.control.ControlException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** An agent in a process of its own, over a runtime directory that is the test's. */
public final class AgentProcess implements AutoCloseable {
    private final Path folder;
    private final Path err;
    private final Process process;

    private AgentProcess(Path folder, Path err, Process process) {
        this.folder = folder;
        this.err = err;
        this.process = process;
    }

    /** Starts an agent and returns when it serves. */
    public static AgentProcess start(Path folder, String... args) throws Exception {
        return start(List.of(), folder, args);
    }

    /** Starts an agent behind {@code prefix} and returns when it serves. */
    public static AgentProcess start(List<String> prefix, Path folder, String... args)
            throws Exception {
        Path out = Files.createTempFile("agent", ".out");
        Path err = Files.createTempFile("agent", ".err");
        out.toFile().deleteOnExit();
        err.toFile().deleteOnExit();
        List<String> command = new ArrayList<>(List.of("agent"));
        command.addAll(List.of(args));
        Process process =
                ProgramProcess.start(prefix, folder, out, err, command.toArray(String[]::new));
        AgentProcess agent = new AgentProcess(folder, err, process);
        ProgramProcess.await("the agent", () -> agent.answers() || !process.isAlive());
        if (!process.isAlive()) {
            throw new AssertionError("the agent ended: " + agent.said());
        }
        return agent;
    }

    private boolean answers() {
        try {
            return new ControlClient(folder).agent().pid() == process.pid();
        } catch (ControlException e) {
            return false;
        }
    }

    /** Runs a command against this agent. */
    public Outcome run(String... args) throws Exception {
        return ProgramProcess.run(folder, args);
    }

    /** Its log so far. */
    public String said() throws Exception {
        return Files.readString(err);
    }

    public Process process() {
        return process;
    }

    /** Sends a signal, such as {@code TERM}, and waits for the end. */
    public int end(String signal) throws Exception {
        new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            throw new AssertionError("the agent does not end");
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
