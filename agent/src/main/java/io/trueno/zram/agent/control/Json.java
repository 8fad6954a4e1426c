package io.trueno.zram.agent.control;

import com.google.gson.FieldNamingPolicy;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.Strictness;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Records as JSON, names in {@code snake_case} as zram writes its statistics. Reading is strict: a
 * member that the record does not have is an error.
 */
public final class Json {
    private static final FieldNamingPolicy NAMING = FieldNamingPolicy.LOWER_CASE_WITH_UNDERSCORES;
    private static final Gson GSON =
            new GsonBuilder()
                    .setFieldNamingPolicy(NAMING)
                    .setStrictness(Strictness.STRICT)
                    .disableHtmlEscaping()
                    .create();

    private Json() {}

    /** One line, without the line end. */
    public static String write(Object value) {
        return GSON.toJson(value);
    }

    /** The members of {@code value} as text, in their order. */
    public static Map<String, String> fields(Record value) {
        Map<String, String> fields = new LinkedHashMap<>();
        GSON.toJsonTree(value)
                .getAsJsonObject()
                .entrySet()
                .forEach(e -> fields.put(e.getKey(), e.getValue().getAsString()));
        return fields;
    }

    /**
     * Reads an object into a record; members that are missing become null.
     *
     * @throws IllegalArgumentException if {@code text} is not such an object; the message says why
     */
    public static <T extends Record> T read(String text, Class<T> type) {
        try {
            JsonElement element = GSON.fromJson(text, JsonElement.class);
            if (!(element instanceof JsonObject object)) {
                throw new IllegalArgumentException("the body must be a JSON object");
            }
            List<String> members =
                    Arrays.stream(type.getRecordComponents()).map(Json::memberName).toList();
            for (String member : object.keySet()) {
                if (!members.contains(member)) {
                    throw new IllegalArgumentException(
                            "unknown member '" + member + "': use " + String.join(", ", members));
                }
            }
            return GSON.fromJson(text, type); // from the text: a tree would let 1.5 pass for a long
        } catch (JsonParseException | NumberFormatException e) {
            throw new IllegalArgumentException(
                    "the body is not what it should be: " + firstLine(e), e);
        }
    }

    private static String memberName(RecordComponent component) {
        StringBuilder name = new StringBuilder();
        for (char c : component.getName().toCharArray()) {
            if (Character.isUpperCase(c)) {
                name.append('_');
            }
            name.append(Character.toLowerCase(c));
        }
        return name.toString();
    }

    private static String firstLine(RuntimeException e) {
        String line = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        return line.replaceFirst("^[a-z.]+\\.[A-Za-z]+Exception: ", "");
    }
}
