package dev.tandem.convert.format;

import dev.tandem.convert.format.PickleWriter.View;
import java.util.Map;

/** Pickles of what torch writes beside plain state_dicts, for tests; each a dict with one tensor {@code w}. */
final class TorchPickles {
    private TorchPickles() {}

    private static PickleWriter begin() {
        return new PickleWriter().op(0x80).op(2).op('}').value("w");
    }

    private static byte[] end(PickleWriter w) {
        return w.op('s').op('.').bytes();
    }

    /** A tensor with marks: {@code neg}, {@code conj}. */
    static byte[] withMarks(View view, Object marks) {
        return end(begin().tensor(view, marks));
    }

    static byte[] parameter(View view) {
        PickleWriter w = begin().global("torch._utils", "_rebuild_parameter_with_state")
                .op('(')
                .value(view)
                .value(true);
        return end(w.value(Map.of()).value(Map.of("tag", "x")).op('t').op('R'));
    }

    /** A tensor of a class of somebody's own, with attributes. */
    static byte[] subclass(View view, String module, String name, Object state) {
        PickleWriter w = begin().global("torch._tensor", "_rebuild_from_type_v2")
                .op('(')
                .global("torch._utils", "_rebuild_tensor_v2")
                .global(module, name);
        return end(w.arguments(view, null).value(state).op('t').op('R'));
    }

    /** A module that was pickled whole, with a child {@code inner} of the same tensors. */
    static byte[] module(Map<String, View> parameters) {
        PickleWriter w = new PickleWriter().op(0x80).op(2);
        module(w, parameters, true);
        return w.op('.').bytes();
    }

    private static void module(PickleWriter w, Map<String, View> parameters, boolean outer) {
        w.global("models.var", outer ? "VAR" : "Block").op(')').op(0x81).op('}').op('(');
        w.value("training")
                .value(false)
                .value("_parameters")
                .value(parameters)
                .value("_buffers")
                .value(Map.of());
        w.value("_non_persistent_buffers_set").op(0x8f).value("_modules").op('}');
        if (outer) {
            w.value("inner");
            module(w, parameters, false);
            w.op('s');
        }
        w.op('u').op('b');
    }

    /** A tensor, and beside it an object with attributes, items and entries. */
    static byte[] foreign(String module, String name, Object state, View view) {
        PickleWriter w = begin().value(view)
                .op('s')
                .value("x")
                .global(module, name)
                .op(')')
                .op(0x81);
        w.value(state).op('b').op('(').value(1L).op('e').value("k").value(2L).op('s');
        return end(w);
    }

    /** A tensor, and beside it what calling a global would have given. */
    static byte[] reduced(String module, String name, View view) {
        PickleWriter w =
                begin().value(view).op('s').value("x").global(module, name).op('(');
        return end(w.value("a").value(2L).op('t').op('R'));
    }
}
