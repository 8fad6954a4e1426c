package io.trueno.zram.engine.kernel.vector;

import io.trueno.zram.engine.kernel.CodeLengths;
import io.trueno.zram.engine.kernel.Kernels;
import io.trueno.zram.engine.kernel.Lz4DecodeLoop;
import io.trueno.zram.engine.kernel.Lz4Decoder;
import io.trueno.zram.engine.kernel.Lz4EncodeLoop;
import io.trueno.zram.engine.kernel.Lz4Encoder;
import io.trueno.zram.engine.kernel.MatchLengths;
import io.trueno.zram.engine.kernel.PageKernels;
import io.trueno.zram.engine.kernel.Template;
import io.trueno.zram.engine.kernel.ZstdSequenceExecutor;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.VectorShape;

/**
 * The vector kernels of one width.
 *
 * <p>C2 turns vector code into instructions only where the species is a constant. So that one
 * source serves every width, a kernel class reads its width from its class data, and is defined
 * once per width as a hidden class; its {@code static final} species is then a constant of that
 * copy.
 */
public final class VectorKernels implements Kernels {
    private static final VectorKernels BITS_128 = new VectorKernels(128);
    private static final VectorKernels BITS_256 = new VectorKernels(256);
    private static final VectorKernels BITS_512 = new VectorKernels(512);

    private static final Lz4EncodeLoop LZ4_DENSE_ENCODE_LOOP = new VectorLz4DenseEncodeLoop();

    private final PageKernels pageKernels;
    private final MatchLengths matchLengths;
    private final CodeLengths codeLengths;
    private final Lz4DecodeLoop lz4DecodeLoop;
    private final Lz4EncodeLoop lz4EncodeLoop;
    private final MethodHandle newZstdSequenceExecutor;

    private VectorKernels(int bits) {
        pageKernels =
                (PageKernels) Template.create(constructorOfCopy(VectorPageKernels.class, bits));
        matchLengths =
                (MatchLengths) Template.create(constructorOfCopy(VectorMatchLengths.class, bits));
        codeLengths =
                (CodeLengths) Template.create(constructorOfCopy(VectorCodeLengths.class, bits));
        lz4DecodeLoop =
                (Lz4DecodeLoop) Template.create(constructorOfCopy(VectorLz4DecodeLoop.class, bits));
        lz4EncodeLoop =
                (Lz4EncodeLoop) Template.create(constructorOfCopy(VectorLz4EncodeLoop.class, bits));
        newZstdSequenceExecutor = constructorOfCopy(VectorZstdSequenceExecutor.class, bits);
    }

    /** The kernels of one width: 128, 256 or 512 bits. */
    public static Kernels ofBits(int bits) {
        return switch (bits) {
            case 128 -> BITS_128;
            case 256 -> BITS_256;
            case 512 -> BITS_512;
            default -> throw new IllegalArgumentException("no such vector width: bits=" + bits);
        };
    }

    /** Width in bits of the vectors that the JVM prefers on this CPU. */
    public static int preferredBits() {
        return VectorShape.preferredShape().vectorBitSize();
    }

    @Override
    public PageKernels pageKernels() {
        return pageKernels;
    }

    @Override
    public MatchLengths matchLengths() {
        return matchLengths;
    }

    @Override
    public CodeLengths codeLengths() {
        return codeLengths;
    }

    @Override
    public Lz4Decoder newLz4Decoder() {
        return new Lz4Decoder(lz4DecodeLoop, BITS_128.lz4DecodeLoop);
    }

    @Override
    public Lz4Encoder newLz4Encoder(int acceleration) {
        return new Lz4Encoder(acceleration, lz4EncodeLoop, LZ4_DENSE_ENCODE_LOOP);
    }

    @Override
    public ZstdSequenceExecutor newZstdSequenceExecutor() {
        return (ZstdSequenceExecutor) Template.create(newZstdSequenceExecutor);
    }

    private static MethodHandle constructorOfCopy(Class<?> template, int bits) {
        return Template.constructorOfCopy(MethodHandles.lookup(), template, bits);
    }
}
