package dev.tandem.convert.format;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * The names in a torch checkpoint that mean something here; every other one stands for a {@link Foreign} object. Names
 * are compared, never loaded.
 */
final class TorchGlobals {
    /** What calling such a global gives. */
    enum Function {
        DICT,
        LIST,
        PARAMETER,
        TENSOR,
        TENSOR_WITH_TYPE,
        FROM_TYPE,
        FROM_CPU_TENSOR,
        /** {@code copyreg._reconstructor} and its like: an object of the class that is the first argument. */
        OBJECT_OF_FIRST,
        ATTRIBUTE
    }

    /** A function that makes a tensor whose elements can't be read here, with what the tensor then is. */
    record Unreadable(String problem) {}

    /** Classes of tensors that are nothing but tensors. */
    private static final Set<String> PLAIN_TENSORS = Set.of(
            "torch.Tensor",
            "torch._tensor.Tensor",
            "torch.tensor.Tensor",
            "torch.nn.parameter.Parameter",
            "torch.nn.parameter.Buffer",
            "torch.nn.Parameter",
            "torch.nn.Buffer");

    private static final Map<String, Object> KNOWN = new HashMap<>();

    static {
        known(
                Function.DICT,
                "collections.OrderedDict",
                "collections.defaultdict",
                "collections.Counter",
                "builtins.dict");
        known(Function.LIST, "builtins.set", "builtins.frozenset", "builtins.list", "builtins.tuple", "torch.Size");
        known(
                Function.PARAMETER,
                "torch._utils._rebuild_parameter",
                "torch._utils._rebuild_parameter_with_state",
                "torch.nn.parameter.Parameter");
        known(Function.TENSOR, "torch._utils._rebuild_tensor_v2", "torch._utils._rebuild_tensor");
        known(Function.TENSOR_WITH_TYPE, "torch._utils._rebuild_tensor_v3");
        known(Function.FROM_TYPE, "torch._tensor._rebuild_from_type_v2", "torch._tensor._rebuild_from_type");
        known(Function.FROM_CPU_TENSOR, "torch._utils._rebuild_device_tensor_from_cpu_tensor");
        known(
                Function.OBJECT_OF_FIRST,
                "copyreg._reconstructor",
                "copyreg.__newobj__",
                "copyreg.__newobj_ex__",
                "copy_reg._reconstructor",
                "copy_reg.__newobj__");
        known(Function.ATTRIBUTE, "builtins.getattr");
        unreadable("is sparse; save it .to_dense()", "_rebuild_sparse_tensor", "_rebuild_sparse_csr_tensor");
        unreadable("is a nested tensor; save its parts", "_rebuild_nested_tensor");
        unreadable("is quantised; save it .dequantize()d", "_rebuild_qtensor");
        unreadable("has no data, it was saved on the meta device", "_rebuild_meta_tensor_no_storage");
        unreadable(
                "was saved as an array of another device; save it .cpu()",
                "_rebuild_device_tensor_from_numpy",
                "_rebuild_xla_tensor");
        unreadable(
                "is of a class that keeps its data elsewhere (a distributed or quantised tensor); save plain ones",
                "_rebuild_wrapper_subclass");
    }

    private static void known(Function function, String... names) {
        for (String name : names) {
            KNOWN.put(name, function);
        }
    }

    private static void unreadable(String problem, String... names) {
        for (String name : names) {
            KNOWN.put("torch._utils." + name, new Unreadable(problem));
        }
    }

    private static final Set<String> STORAGE_MODULES =
            Set.of("torch", "torch.cuda", "torch.storage", "torch.sparse", "torch.cuda.sparse");

    /** Modules whose functions run programs or code, or reach out of the process: no checkpoint has a use for these. */
    private static final Set<String> RUNNING = Set.of(
            "os",
            "posix",
            "nt",
            "subprocess",
            "_posixsubprocess",
            "pty",
            "commands",
            "popen2",
            "sys",
            "runpy",
            "codeop",
            "importlib",
            "imp",
            "pkgutil",
            "zipimport",
            "ctypes",
            "_ctypes",
            "marshal",
            "pickle",
            "_pickle",
            "cPickle",
            "shelve",
            "socket",
            "_socket",
            "urllib",
            "urllib2",
            "requests",
            "httpx",
            "ftplib",
            "smtplib",
            "telnetlib",
            "webbrowser",
            "asyncio",
            "multiprocessing",
            "_thread",
            "shutil",
            "timeit",
            "pdb",
            "bdb",
            "pip",
            "pydoc");

    private static final Set<String> RUNNING_ALONE = Set.of(
            "builtins.eval",
            "builtins.exec",
            "builtins.execfile",
            "builtins.compile",
            "builtins.__import__",
            "builtins.open",
            "builtins.input",
            "builtins.breakpoint",
            "code.interact",
            "code.InteractiveInterpreter",
            "code.InteractiveConsole",
            "platform.popen",
            "http.client.HTTPConnection",
            "http.client.HTTPSConnection",
            "torch.hub.load",
            "torch.load",
            "torch.serialization.load",
            "torch.jit.load",
            "numpy.load",
            "torch.utils.cpp_extension.load",
            "numpy.testing._private.utils.runstring",
            "pandas.read_pickle");

    private TorchGlobals() {}

    /** What {@code module.name} stands for: a {@link Function}, an {@link Unreadable}, a {@link TorchType}, a {@link Foreign}. */
    static Object of(String module, String name) {
        String full = (module.equals("__builtin__") ? "builtins" : module) + "." + name;
        Object known = KNOWN.get(full);
        if (known != null) {
            return known;
        }
        if (STORAGE_MODULES.contains(module)) {
            TorchType type = TorchType.named(name).orElse(null);
            if (type != null) {
                return type;
            }
        }
        return Foreign.global(full);
    }

    /** Whether calling that global would have run something in Python: a file that does so is an attack. */
    static boolean runs(String full) {
        int dot = full.indexOf('.');
        return RUNNING_ALONE.contains(full) || RUNNING.contains(dot < 0 ? full : full.substring(0, dot));
    }

    /** Whether a class of tensors has no data but the tensor's own. */
    static boolean plainTensor(Object type) {
        return type == Function.PARAMETER || type instanceof Foreign f && PLAIN_TENSORS.contains(f.name());
    }
}
