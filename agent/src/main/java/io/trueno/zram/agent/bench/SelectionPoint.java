package io.trueno.zram.agent.bench;

import java.util.List;

/**
 * A line of {@code bench selection}: what a way to select does at one price of time; field names
 * are the JSON's. Saved bytes and time are shares of what always taking Zstandard level 1 saves and
 * takes on the same pages.
 *
 * @param selector how methods are chosen
 * @param price of time in bytes per millisecond; 0 where none plays a part
 * @param saved bytes saved
 * @param time compress time, looking at the page included
 * @param shares of the pages that go to each of {@link SelectionBench#METHODS}
 */
public record SelectionPoint(
        String selector, int price, double saved, double time, List<Double> shares) {}
