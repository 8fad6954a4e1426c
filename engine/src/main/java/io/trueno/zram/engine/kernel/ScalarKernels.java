package io.trueno.zram.engine.kernel;

/** The kernels that need no vector instructions. */
enum ScalarKernels implements Kernels {
    INSTANCE;

    private static final MatchLengths MATCH_LENGTHS = new ScalarMatchLengths();
    private static final CodeLengths CODE_LENGTHS = new ScalarCodeLengths();
    private static final Lz4EncodeLoop LZ4_ENCODE_LOOP = new ScalarLz4EncodeLoop();

    @Override
    public PageKernels pageKernels() {
        return ScalarPageKernels.INSTANCE;
    }

    @Override
    public MatchLengths matchLengths() {
        return MATCH_LENGTHS;
    }

    @Override
    public CodeLengths codeLengths() {
        return CODE_LENGTHS;
    }

    @Override
    public Lz4Decoder newLz4Decoder() {
        return new Lz4Decoder(new ScalarLz4DecodeLoop());
    }

    @Override
    public Lz4Encoder newLz4Encoder(int acceleration) {
        return new Lz4Encoder(acceleration, LZ4_ENCODE_LOOP);
    }

    @Override
    public ZstdSequenceExecutor newZstdSequenceExecutor() {
        return new ScalarZstdSequenceExecutor();
    }
}
