package io.trueno.zram.nbd;

import org.jspecify.annotations.Nullable;

/** Every check of a request, before anything is executed. What passes needs no other check. */
final class RequestRules {
    private RequestRules() {}

    /** Why {@code request} may not be executed in {@code session}, null if it may. */
    static @Nullable Refusal refuse(NbdRequest request, Session session) {
        NbdCommand command = request.command();
        if (command == null) {
            return Refusal.UNKNOWN_COMMAND;
        }
        if (!command.allows(request.flags())) {
            return Refusal.BAD_FLAGS;
        }
        if (command.changesTheDevice() && session.export().readOnly()) {
            return Refusal.READ_ONLY;
        }
        if (command == NbdCommand.READ
                && request.has(NbdProtocol.CMD_FLAG_DF)
                && !session.structured()) {
            return Refusal.DF_NOT_NEGOTIATED;
        }
        if (command == NbdCommand.BLOCK_STATUS && !session.allocation()) {
            return Refusal.NO_CONTEXT;
        }
        return command.takesRange()
                ? refuseRange(command, request, session)
                : refuseNoRange(command, request);
    }

    private static @Nullable Refusal refuseRange(
            NbdCommand command, NbdRequest request, Session session) {
        if (request.length() == 0) {
            return Refusal.ZERO_LENGTH;
        }
        if (command.lengthIsLimited() && request.length() > session.maxPayloadBytes()) {
            return Refusal.TOO_LONG;
        }
        long size = session.export().device().sizeBytes();
        boolean inside =
                request.offset() >= 0
                        && request.offset() < size
                        && request.length() <= size - request.offset();
        if (inside) {
            return null;
        }
        // The protocol gives writes past the end their own number.
        return switch (command) {
            case WRITE, WRITE_ZEROES -> Refusal.NO_ROOM_PAST_END;
            default -> Refusal.OUT_OF_RANGE;
        };
    }

    private static @Nullable Refusal refuseNoRange(NbdCommand command, NbdRequest request) {
        boolean bare = request.offset() == 0 && request.length() == 0;
        return bare || command == NbdCommand.DISCONNECT ? null : Refusal.UNEXPECTED_RANGE;
    }
}
