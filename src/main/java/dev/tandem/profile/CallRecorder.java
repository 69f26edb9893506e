package dev.tandem.profile;

import dev.tandem.engine.Program;
import dev.tandem.engine.Session;
import dev.tandem.op.Ops;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Takes a program's body apart: every operation becomes a program of its own. */
final class CallRecorder {
    /** An operation, recorded by itself. */
    record Call(Work work, Program program) {}

    private final Session session;
    private final List<Call> calls = new ArrayList<>();
    private final WorkOps counting = new WorkOps(work -> last = work);
    private Work last;

    private CallRecorder(Session session) {
        this.session = session;
    }

    static List<Call> record(Session session, Consumer<Ops> body) {
        CallRecorder recorder = new CallRecorder(session);
        body.accept((Ops) Proxy.newProxyInstance(
                Ops.class.getClassLoader(), new Class<?>[] {Ops.class}, (proxy, method, arguments) -> {
                    recorder.add(method, arguments);
                    return null;
                }));
        return recorder.calls;
    }

    private void add(Method method, Object[] arguments) {
        perform(method, counting, arguments);
        calls.add(new Call(last, session.program(last.operation(), ops -> perform(method, ops, arguments))));
    }

    private static void perform(Method method, Ops ops, Object[] arguments) {
        try {
            method.invoke(ops, arguments);
        } catch (InvocationTargetException e) {
            switch (e.getCause()) {
                case RuntimeException cause -> throw cause;
                case Error cause -> throw cause;
                default -> throw new IllegalStateException(e.getCause());
            }
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }
}
