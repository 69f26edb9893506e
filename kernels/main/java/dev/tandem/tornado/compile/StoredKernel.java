package dev.tandem.tornado.compile;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import uk.ac.manchester.tornado.api.common.Access;

/**
 * A compiled kernel as it is kept on disk.
 *
 * @param key of its launch
 * @param type the class that declares its method
 * @param method which one
 * @param parameters the types of that one's parameters
 * @param accesses what it does with its arguments
 * @param entryPoint what the driver knows it by
 * @param image machine code
 */
public record StoredKernel(
        String key,
        String type,
        String method,
        List<String> parameters,
        List<Access> accesses,
        String entryPoint,
        byte[] image) {
    /** What classes of kernels are called, each in the package of its operation. */
    private static final Pattern KERNELS = Pattern.compile("dev\\.tandem\\.tornado\\.[a-z]+\\.[A-Za-z0-9]+Kernels");

    public StoredKernel {
        parameters = List.copyOf(parameters);
        accesses = List.copyOf(accesses);
    }

    static StoredKernel of(String key, Method method, Access[] accesses, String entryPoint, byte[] image) {
        return new StoredKernel(
                key,
                method.getDeclaringClass().getName(),
                method.getName(),
                Arrays.stream(method.getParameterTypes()).map(Class::getName).toList(),
                List.of(accesses),
                entryPoint,
                image);
    }

    /**
     * The method that was compiled.
     *
     * @throws ReflectiveOperationException where this Tandem has none like it
     */
    public Method find() throws ReflectiveOperationException {
        if (KERNELS.matcher(type).matches()) {
            for (Method candidate : Class.forName(type).getDeclaredMethods()) {
                if (candidate.getName().equals(method)
                        && Arrays.stream(candidate.getParameterTypes())
                                .map(Class::getName)
                                .toList()
                                .equals(parameters)
                        && accesses.size() == parameters.size()) {
                    return candidate;
                }
            }
        }
        throw new NoSuchMethodException(type + "." + method);
    }

    public byte[] encode() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(image.length + 1024);
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeUTF(key);
        out.writeUTF(type);
        out.writeUTF(method);
        out.writeInt(parameters.size());
        for (String parameter : parameters) {
            out.writeUTF(parameter);
        }
        out.writeInt(accesses.size());
        for (Access access : accesses) {
            out.writeUTF(access.name());
        }
        out.writeUTF(entryPoint);
        out.writeInt(image.length);
        out.write(image);
        out.writeLong(sum(bytes.toByteArray(), bytes.size()));
        return bytes.toByteArray();
    }

    /** @throws IOException where this is no kernel, or not all of one */
    public static StoredKernel decode(byte[] bytes) throws IOException {
        int length = bytes.length - Long.BYTES;
        if (length < 0) {
            throw new IOException("too short");
        }
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
        DataInputStream end = new DataInputStream(new ByteArrayInputStream(bytes, length, Long.BYTES));
        if (end.readLong() != sum(bytes, length)) {
            throw new IOException("damaged");
        }
        String key = in.readUTF();
        String type = in.readUTF();
        String method = in.readUTF();
        String[] parameters = new String[in.readInt()];
        for (int i = 0; i < parameters.length; i++) {
            parameters[i] = in.readUTF();
        }
        Access[] accesses = new Access[in.readInt()];
        for (int i = 0; i < accesses.length; i++) {
            accesses[i] = Access.valueOf(in.readUTF());
        }
        String entryPoint = in.readUTF();
        byte[] image = new byte[in.readInt()];
        in.readFully(image);
        return new StoredKernel(key, type, method, List.of(parameters), List.of(accesses), entryPoint, image);
    }

    private static long sum(byte[] bytes, int length) {
        CRC32C sum = new CRC32C();
        sum.update(bytes, 0, length);
        return sum.getValue();
    }
}
