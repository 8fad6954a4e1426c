package io.trueno.zram.agent.control;

/** Where the control socket is. */
public final class ControlSocket {
    /** Its name in the runtime directory. */
    public static final String NAME = "control.sock";

    private ControlSocket() {}
}
