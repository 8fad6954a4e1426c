package io.trueno.zram.engine;

/**
 * How one page was compressed, and why so.
 *
 * @param algorithm what the packed bytes are: {@code NONE}, {@code SAME_FILL}, or a codec's
 * @param reason why
 * @param detail the way through the predictor in words; empty where it was not asked
 */
public record Selection(Algorithm algorithm, Reason reason, String detail) {
    /** Why a page was compressed as it was. */
    public enum Reason {
        /** One word repeated: there is nothing to compress. */
        SAME_FILLED,
        /** The predictor expects too little from any codec. */
        NOT_WORTH_TRYING,
        /** The predictor expects most from this codec under the policy. */
        PREDICTED_BEST,
        /** The codec that was tried gained nothing. */
        DID_NOT_SHRINK
    }
}
