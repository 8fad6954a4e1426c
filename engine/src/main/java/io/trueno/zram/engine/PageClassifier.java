package io.trueno.zram.engine;

import io.trueno.zram.engine.select.PageFeatures;
import io.trueno.zram.engine.select.SelectionTree;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Says, from a sample of a page's bytes, which codec a policy wants tried on it. For one thread at
 * a time; {@link #classify} allocates nothing.
 *
 * <p>Pages that are one word repeated are found exactly by {@link SameFill} and not meant to come
 * here.
 */
public final class PageClassifier {
    private final PageFeatures features = new PageFeatures();
    private final SelectionTree tree;
    private final List<Algorithm> algorithms;

    /** Per leaf of the tree, what the policy takes there. */
    private final byte[] methods;

    /** With the predictor that comes with the engine. */
    public PageClassifier(SelectionPolicy policy) {
        this(SelectionTree.shipped(), policy);
    }

    /** With a predictor of one's own, as {@code bench selection --train} writes it. */
    public PageClassifier(SelectionTree tree, SelectionPolicy policy) {
        this.tree = tree;
        algorithms = tree.methods();
        methods = new byte[tree.numbers()];
        for (int leaf = 0; leaf < methods.length; leaf++) {
            if (tree.isLeaf(leaf)) {
                methods[leaf] = (byte) tree.choose(leaf, policy);
            }
        }
    }

    /** What {@link #classify} chooses from. */
    public List<Algorithm> algorithms() {
        return algorithms;
    }

    /**
     * Looks at one page.
     *
     * @param page holds the page at {@code offset}; not kept
     * @return a class of pages, for {@link #method} and {@link #why}
     * @throws IndexOutOfBoundsException if the page does not lie in the segment
     */
    public int classify(MemorySegment page, long offset) {
        features.sample(page, offset);
        return tree.leafOf(features);
    }

    /** What to try on a class of pages: an index into {@link #algorithms}. */
    public int method(int pageClass) {
        return methods[pageClass];
    }

    /** What the pages of a class have in common, in words. */
    public String why(int pageClass) {
        return tree.why(pageClass);
    }
}
