package io.trueno.zram.agent.control;

/** The body of every answer that is not a success: one line for people. */
record ErrorBody(String error) {}
