package io.trueno.zram.agent.control;

/**
 * An HTTP request as the routes see it.
 *
 * @param method such as {@code GET}
 * @param path decoded, without the query
 * @param force whether the query says {@code force=true}
 * @param body UTF-8, empty if there is none
 */
record ControlRequest(String method, String path, boolean force, String body) {}
