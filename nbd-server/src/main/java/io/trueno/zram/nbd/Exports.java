package io.trueno.zram.nbd;

import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/** The exports by name. Thread-safe. */
final class Exports {
    private final ConcurrentSkipListMap<String, Export> byName = new ConcurrentSkipListMap<>();

    /**
     * @throws IllegalStateException if the name is taken
     */
    void add(Export export) {
        if (byName.putIfAbsent(export.name(), export) != null) {
            throw new IllegalStateException("export exists already: name=" + export.name());
        }
    }

    @Nullable Export remove(String name) {
        return byName.remove(name);
    }

    /** The export of this name, or the only one there is when the client asks for the default. */
    @Nullable Export find(String name) {
        if (!name.isEmpty()) {
            return byName.get(name);
        }
        List<Export> all = all();
        return all.size() == 1 ? all.getFirst() : null;
    }

    /** All of them, sorted by name. */
    List<Export> all() {
        return List.copyOf(byName.values());
    }
}
