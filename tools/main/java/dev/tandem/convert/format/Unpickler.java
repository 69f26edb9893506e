package dev.tandem.convert.format;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The pickle machine, protocols 0 to 5. It makes plain values (null, Boolean, Long, BigInteger, Double, String, byte[],
 * {@link PyList}, {@link PyDict}); what everything else becomes is the {@link PickleHost}'s to say.
 *
 * @see <a href="https://github.com/python/cpython/blob/main/Lib/pickletools.py">pickletools.py</a>
 */
final class Unpickler {
    /** Far more than any checkpoint has; with the next two it bounds the memory and time that a hostile file takes. */
    private static final int MOST_OPERATIONS = 2_000_000;

    private static final int LONGEST_TEXT = 1 << 16;
    private static final int MOST_TEXT = 1 << 26;

    private static final Object MARK = new Object();
    private static final Object LONG_TEXT = new Object();

    private final ByteReader in;
    private final PickleHost host;
    private final List<Object> stack = new ArrayList<>();
    private final Map<Long, Object> memo = new HashMap<>();
    private long text;

    private Unpickler(ByteReader in, PickleHost host) {
        this.in = in;
        this.host = host;
    }

    /** Reads one pickle and leaves {@code in} behind it. */
    static Object read(ByteReader in, PickleHost host) {
        return new Unpickler(in, host).run();
    }

    private Object run() {
        for (int i = 0; i < MOST_OPERATIONS; i++) {
            int operation = in.u8();
            if (operation == '.') {
                Object result = pop();
                if (!stack.isEmpty()) {
                    throw in.wrong("the pickle ends with values left over");
                }
                return result;
            }
            step(operation);
        }
        throw in.wrong("the pickle is longer than any checkpoint's");
    }

    private void step(int operation) {
        switch (operation) {
            case 0x80 -> protocol();
            case 0x95 -> in.skip(8); // FRAME: only of use to a reader that reads ahead
            case '(' -> push(MARK);
            case '0' -> pop();
            case '1' -> popToMark();
            case '2' -> push(top());
            case 'N' -> push(null);
            case 0x88 -> push(true);
            case 0x89 -> push(false);
            case 'J' -> push((long) in.i32());
            case 'K' -> push((long) in.u8());
            case 'M' -> push((long) in.u16());
            case 0x8a -> push(PickleText.integer(in, in.u8()));
            case 0x8b -> push(PickleText.integer(in, in.u32()));
            case 'I', 'L' -> push(PickleText.integer(in));
            case 'F' -> push(PickleText.number(in));
            case 'G' -> push(in.bigEndianDouble());
            case 'X' -> push(text(in.u32()));
            case 0x8c -> push(text(in.u8()));
            case 0x8d -> push(text(in.i64()));
            case 'V' -> push(PickleText.line(in));
            case 'S' -> push(PickleText.quoted(in));
            case 'U', 'C' -> push(bytes(operation, in.u8()));
            case 'T', 'B' -> push(bytes(operation, in.u32()));
            case 0x8e, 0x96 -> push(bytes('B', in.i64()));
            case ']', ')', 0x8f -> push(new PyList());
            case 'l', 't', 0x91 -> push(new PyList(popToMark()));
            case 0x85 -> tuple(1);
            case 0x86 -> tuple(2);
            case 0x87 -> tuple(3);
            case 'a' -> {
                Object item = pop();
                list(top()).items().add(item);
            }
            case 'e', 0x90 -> {
                List<Object> items = popToMark();
                list(top()).items().addAll(items);
            }
            case '}' -> push(new PyDict());
            case 'd' -> {
                List<Object> items = popToMark();
                push(new PyDict());
                put(items);
            }
            case 's' -> {
                Object value = pop();
                Object key = pop();
                put(Arrays.asList(key, value));
            }
            case 'u' -> put(popToMark());
            case 'g' -> recall(PickleText.index(in));
            case 'h' -> recall(in.u8());
            case 'j' -> recall(in.u32());
            case 'p' -> memo.put(PickleText.index(in), top());
            case 'q' -> memo.put((long) in.u8(), top());
            case 'r' -> memo.put(in.u32(), top());
            case 0x94 -> memo.put((long) memo.size(), top());
            default -> stepOutside(operation);
        }
    }

    /** The operations that reach for something outside of the pickle. */
    private void stepOutside(int operation) {
        switch (operation) {
            case 'c' -> push(host.global(PickleText.line(in), PickleText.line(in)));
            case 0x93 -> {
                Object name = pop();
                Object module = pop();
                if (!(name instanceof String n && module instanceof String m)) {
                    throw in.wrong("a global without a name");
                }
                push(host.global(m, n));
            }
            case 'R', 0x81 -> {
                Object arguments = pop();
                push(host.call(pop(), list(arguments).items()));
            }
            case 0x92 -> {
                Object keywords = pop();
                Object arguments = pop();
                Object callee = pop();
                if (!(keywords instanceof PyDict d) || !(d.entries().isEmpty() || callee instanceof Foreign)) {
                    throw in.wrong("a call with keywords");
                }
                push(host.call(callee, list(arguments).items()));
            }
            case 'i' -> {
                Object callee = host.global(PickleText.line(in), PickleText.line(in));
                push(host.call(callee, popToMark()));
            }
            case 'o' -> {
                List<Object> all = popToMark();
                if (all.isEmpty()) {
                    throw in.wrong("a call of nothing");
                }
                push(host.call(all.getFirst(), all.subList(1, all.size())));
            }
            case 'b' -> {
                Object state = pop();
                host.build(top(), state);
            }
            case 'Q' -> push(host.persistent(pop()));
            case 0x82 -> push(Foreign.global("copyreg extension " + in.u8()));
            case 0x83 -> push(Foreign.global("copyreg extension " + in.u16()));
            case 0x84 -> push(Foreign.global("copyreg extension " + in.u32()));
            default -> throw in.wrong(String.format("the unknown or forbidden pickle operation 0x%02x", operation));
        }
    }

    private void protocol() {
        int version = in.u8();
        if (version > 5) {
            throw in.wrong("pickle protocol " + version + " is not known");
        }
    }

    private void push(Object value) {
        stack.add(value);
    }

    private Object top() {
        Object top = stack.isEmpty() ? MARK : stack.getLast();
        if (top == MARK) {
            throw in.wrong("the pickle takes a value where none is");
        }
        return top;
    }

    private Object pop() {
        Object top = top();
        stack.removeLast();
        return top;
    }

    private List<Object> popToMark() {
        int mark = stack.lastIndexOf(MARK);
        if (mark < 0) {
            throw in.wrong("the pickle lacks a mark");
        }
        List<Object> tail = stack.subList(mark + 1, stack.size());
        List<Object> items = new ArrayList<>(tail);
        stack.subList(mark, stack.size()).clear();
        return items;
    }

    private void tuple(int size) {
        Object[] items = new Object[size];
        for (int i = size - 1; i >= 0; i--) {
            items[i] = pop();
        }
        push(new PyList(Arrays.asList(items)));
    }

    private PyList list(Object value) {
        if (value instanceof PyList list) {
            return list;
        }
        if (value instanceof Foreign foreign) {
            return foreign.items();
        }
        throw in.wrong("the pickle treats something else as a list");
    }

    private void put(List<Object> keysAndValues) {
        PyDict dict = switch (top()) {
            case PyDict d -> d;
            case Foreign f -> f.entries();
            case null, default -> null;
        };
        if (dict == null || keysAndValues.size() % 2 != 0) {
            throw in.wrong("the pickle treats something else as a dict");
        }
        for (int i = 0; i < keysAndValues.size(); i += 2) {
            dict.entries().put(keysAndValues.get(i), keysAndValues.get(i + 1));
        }
    }

    private void recall(long index) {
        Object value = memo.get(index);
        if (value == null && !memo.containsKey(index)) {
            throw in.wrong("the pickle recalls value " + index + ", which it never stored");
        }
        push(value);
    }

    private Object text(long length) {
        return kept(length) ? in.utf8(length) : LONG_TEXT;
    }

    /** Python 2's strings are taken as Latin-1 text, Python 3's bytes stay bytes. */
    private Object bytes(int operation, long length) {
        if (!kept(length)) {
            return LONG_TEXT;
        }
        byte[] value = in.take(length);
        return operation == 'B' || operation == 'C' ? value : new String(value, StandardCharsets.ISO_8859_1);
    }

    /** Passes over what is too long to be a name (a trainer's log): nothing here needs it. */
    private boolean kept(long length) {
        if (length < 0 || length > LONGEST_TEXT) {
            in.skip(length);
            return false;
        }
        text += length;
        if (text > MOST_TEXT) {
            throw in.wrong("the pickle has more text than any checkpoint's");
        }
        return true;
    }
}
