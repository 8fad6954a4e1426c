package io.trueno.zram.agent.control;

/**
 * An HTTP answer.
 *
 * @param status such as 200
 * @param contentType of the body
 * @param body empty for none
 */
record ControlReply(int status, String contentType, String body) {
    private static final String JSON = "application/json";

    static ControlReply json(int status, Object value) {
        return new ControlReply(status, JSON, Json.write(value) + "\n");
    }

    static ControlReply error(int status, String message) {
        return json(status, new ErrorBody(message));
    }

    static ControlReply metrics(String text) {
        return new ControlReply(200, "text/plain; version=0.0.4; charset=utf-8", text);
    }

    static ControlReply nothing() {
        return new ControlReply(204, JSON, "");
    }
}
