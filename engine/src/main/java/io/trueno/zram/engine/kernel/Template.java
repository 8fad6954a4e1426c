package io.trueno.zram.engine.kernel;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/**
 * Defines copies of a class, as hidden classes, that differ in one constant: their class data. C2
 * trusts a {@code static final} field that is set from it, so what the constant chooses (a vector's
 * width, a kernel to call) costs nothing where it is used.
 */
public final class Template {
    private Template() {}

    /**
     * A constructor of a new copy of {@code template}.
     *
     * @param lookup of a class in the template's package
     * @param constant what {@link MethodHandles#classData} gives inside the copy
     * @param parameters of the constructor
     */
    public static MethodHandle constructorOfCopy(
            MethodHandles.Lookup lookup,
            Class<?> template,
            Object constant,
            Class<?>... parameters) {
        String resource = template.getSimpleName() + ".class";
        try (InputStream in = template.getResourceAsStream(resource)) {
            if (in == null) {
                throw new LinkageError("class file is missing: " + resource);
            }
            MethodHandles.Lookup copy =
                    lookup.defineHiddenClassWithClassData(in.readAllBytes(), constant, true);
            return copy.findConstructor(
                    copy.lookupClass(), MethodType.methodType(void.class, parameters));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("cannot make the copy of " + resource, e);
        }
    }

    /** A new instance by a constructor from {@link #constructorOfCopy}. */
    public static Object create(MethodHandle constructor, @Nullable Object... arguments) {
        try {
            return constructor.invokeWithArguments(arguments);
        } catch (Throwable e) {
            throw new LinkageError("kernel failed to start", e);
        }
    }
}
