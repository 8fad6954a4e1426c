package io.trueno.zram.vmtests;

import io.trueno.zram.vmtests.lab.Machine;
import io.trueno.zram.vmtests.lab.Machines;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.stream.Stream;

/** On a {@link VmTest}: which kernels it runs on. */
@Inherited
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@interface Kernels {
    /** Of those that there are. */
    enum Choice {
        /** For what takes long and does not differ between kernels. */
        NEWEST,
        /** Those that are older than ublk, or were built without. */
        WITHOUT_UBLK;

        Stream<Machine> machines() {
            return switch (this) {
                case NEWEST -> Machines.newest();
                case WITHOUT_UBLK -> Machines.withoutUblk();
            };
        }
    }

    /** The choice. */
    Choice value();
}
