package dev.tandem.tornado.nvidia;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.Optional;

/** A shared library whose functions return a status, 0 for success. */
final class Natives {
    private final String name;
    private final SymbolLookup symbols;

    private Natives(String name, SymbolLookup symbols) {
        this.name = name;
        this.symbols = symbols;
    }

    /** The first of these names that the dynamic linker finds. */
    static Optional<Natives> find(List<String> names) {
        for (String name : names) {
            try {
                return Optional.of(new Natives(name, SymbolLookup.libraryLookup(name, Arena.global())));
            } catch (IllegalArgumentException e) {
                // the next name may be there
            }
        }
        return Optional.empty();
    }

    /** A function that takes these and returns a status. */
    Function function(String symbol, MemoryLayout... parameters) {
        MethodHandle handle = Linker.nativeLinker()
                .downcallHandle(address(symbol), FunctionDescriptor.of(ValueLayout.JAVA_INT, parameters));
        return new Function(symbol, handle);
    }

    private MemorySegment address(String symbol) {
        return symbols.find(symbol).orElseThrow(() -> new LibraryException(name + " has no function " + symbol));
    }

    /** What a function without parameters returns. */
    long number(String symbol) {
        try {
            return (long) Linker.nativeLinker()
                    .downcallHandle(address(symbol), FunctionDescriptor.of(ValueLayout.JAVA_LONG))
                    .invoke();
        } catch (Error | RuntimeException e) {
            throw e;
        } catch (Throwable e) {
            throw new LibraryException(symbol + ": " + e.getMessage());
        }
    }

    /** A function of the library. */
    record Function(String symbol, MethodHandle handle) {
        /** @return the status */
        int status(Object... arguments) {
            try {
                return (int) handle.invokeWithArguments(arguments);
            } catch (Error | RuntimeException e) {
                throw e;
            } catch (Throwable e) {
                throw new LibraryException(symbol + ": " + e.getMessage());
            }
        }

        /** @throws LibraryException where the status is not 0 */
        void call(Object... arguments) {
            int status = status(arguments);
            if (status != 0) {
                throw new LibraryException(symbol + " failed with status " + status);
            }
        }
    }
}
