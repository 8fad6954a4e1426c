package io.trueno.zram.vmtests;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.trueno.zram.vmtests.lab.CommandResult;
import io.trueno.zram.vmtests.lab.Guest;
import java.util.List;

/**
 * The packaged agent in a guest, under its usual runtime directory. Spoken to over its control
 * socket with curl, since starting a JVM for a command takes seconds in an emulated guest; {@link
 * #command} is for tests of the command line.
 */
public final class GuestAgent {
    private static final String SOCKET = "/run/trueno-zram/control.sock";

    private final Guest guest;
    private final String program = AgentArchive.tree().resolve("bin/trueno-zram").toString();

    /** The agent of a guest; it is not started by this. */
    public GuestAgent(Guest guest) {
        this.guest = guest;
    }

    /**
     * Starts it, and returns when it serves. From then on it is started again whenever it ends, as
     * a service manager does. Its log is {@code agent.log} in the exchange.
     */
    public void start() {
        guest.sh(
                """
                touch /run/supervised
                supervise() { while [ -e /run/supervised ]; do %s agent || :; done; }
                supervise </dev/null >>/run/exchange/agent.log 2>&1 &
                """
                                .formatted(program)
                        + AWAIT);
    }

    /** A shell's loop until the agent answers. */
    static final String AWAIT =
            "until curl -s -o /dev/null --unix-socket "
                    + SOCKET
                    + " http://agent/v1/agent; do sleep 0.1; done\n";

    /** Ends it as a service manager does, and waits until it is gone. */
    public void stop() {
        guest.sh("rm -f /run/supervised\n" + KILL.replace("KILL", "TERM"));
    }

    /** A shell's line that kills the agent and waits until it is gone. */
    static final String KILL =
            "pid=$(cat /run/trueno-zram/agent.lock); kill -KILL $pid;"
                    + " while [ -e /proc/$pid ]; do sleep 0.05; done\n";

    /** A shell's lines that replace the agent by the program that is installed now. */
    static final String UPGRADE =
            """
            started() { curl -s --unix-socket %1$s http://agent/v1/agent | jq .start_millis; }
            before=$(started)
            curl -sS --fail-with-body -X POST --unix-socket %1$s http://agent/v1/agent/upgrade
            until now=$(started) && [ -n "$now" ] && [ "$now" != "$before" ]; do sleep 0.1; done
            curl -s --unix-socket %1$s http://agent/v1/agent | jq .interrupted_millis
            """
                    .formatted(SOCKET);

    /** The program's path. */
    String program() {
        return program;
    }

    /** Runs a command of the program; what the JVM says of the machine's flags is left out. */
    CommandResult command(String arguments) {
        CommandResult result = guest.run(Guest.COMMAND_LIMIT, program + " " + arguments);
        return new CommandResult(
                result.exit(), result.out(), result.err().replaceAll("(?m)^NOTE: .*\n", ""));
    }

    /** Makes a device and returns what the agent tells of it. */
    public JsonObject create(JsonObject request) {
        return json(request("POST", "/v1/devices", request.toString()));
    }

    /** What the agent tells of a device. */
    public JsonObject device(String name) {
        return json(request("GET", "/v1/devices/" + name, ""));
    }

    /** The devices that it has. */
    List<String> names() {
        return json(request("GET", "/v1/devices", "")).getAsJsonArray("devices").asList().stream()
                .map(device -> device.getAsJsonObject().get("name").getAsString())
                .toList();
    }

    /** Removes a device, its clients disconnected. */
    public void remove(String name) {
        request("DELETE", "/v1/devices/" + name + "?force=true", "");
    }

    /** Starts a second agent, of a user without any rights; it is asked over its own socket. */
    Unprivileged startUnprivileged() {
        return new Unprivileged();
    }

    /** An agent of the user nobody; ended by {@link #close}. */
    final class Unprivileged implements AutoCloseable {
        private static final String FOLDER = "/run/unprivileged";
        private static final String SOCKET = FOLDER + "/trueno-zram/control.sock";

        private Unprivileged() {
            guest.sh(
                    """
                    rm -rf %1$s
                    install -d -o 65534 -g 65534 -m 700 %1$s
                    HOME=%1$s XDG_RUNTIME_DIR=%1$s setpriv --reuid=65534 --regid=65534 --clear-groups \
                      %2$s agent </dev/null >/run/exchange/unprivileged.log 2>&1 &
                    until curl -s -o /dev/null --unix-socket %3$s http://agent/v1/agent; do sleep 0.1; done
                    """
                            .formatted(FOLDER, program, SOCKET));
        }

        JsonObject create(JsonObject request) {
            return json(guest.sh(create(request.toString())));
        }

        CommandResult tryCreate(JsonObject request) {
            return guest.run(Guest.COMMAND_LIMIT, create(request.toString()));
        }

        private String create(String body) {
            return curl(SOCKET, "POST", "/v1/devices", body);
        }

        @Override
        public void close() {
            guest.sh(
                    "pid=$(cat %s/trueno-zram/agent.lock); kill $pid; while [ -e /proc/$pid ]; do sleep 0.05; done"
                            .formatted(FOLDER));
        }
    }

    private static JsonObject json(String text) {
        return JsonParser.parseString(text).getAsJsonObject();
    }

    private String request(String method, String path, String body) {
        return guest.sh(curl(method, path, body));
    }

    /**
     * Asks for something that may be refused; the answer is the output, the status is not 0 then.
     */
    CommandResult tryRequest(String method, String path, String body) {
        return guest.run(Guest.COMMAND_LIMIT, curl(method, path, body));
    }

    private static String curl(String method, String path, String body) {
        return curl(SOCKET, method, path, body);
    }

    private static String curl(String socket, String method, String path, String body) {
        return "curl -sS --fail-with-body --unix-socket %s -X %s 'http://agent%s' %s"
                .formatted(socket, method, path, body.isEmpty() ? "" : "-d '" + body + "'");
    }
}
