package ai.octopusx.video.wire;

import tools.jackson.core.JsonParser;

/**
 * Short words that many tasks share, such as states, models and sizes, so that a hundred thousand watched tasks do not hold
 * a hundred thousand copies. A bounded cache: a word may be forgotten, which costs memory and nothing else. Safe for many
 * threads without a lock, because a String that is seen at all is seen whole.
 */
final class Words {

    private static final int SLOTS = 256;
    private static final int LONGEST = 64;

    private static final String[] SHARED = new String[SLOTS];

    private Words() {}

    /** The string at which the parser stands. */
    static String at(JsonParser parser) {
        char[] chars = parser.getStringCharacters();
        int offset = parser.getStringOffset();
        int length = parser.getStringLength();
        if (length > LONGEST) {
            return new String(chars, offset, length);
        }
        int slot = slot(chars, offset, length);
        String shared = SHARED[slot];
        if (shared != null && isSame(shared, chars, offset, length)) {
            return shared;
        }
        String word = new String(chars, offset, length);
        SHARED[slot] = word;
        return word;
    }

    /** Whether the parser stands at this very string; makes no copy to find out. */
    static boolean isAt(String known, JsonParser parser) {
        return isSame(known, parser.getStringCharacters(), parser.getStringOffset(), parser.getStringLength());
    }

    private static boolean isSame(String known, char[] chars, int offset, int length) {
        if (known.length() != length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (known.charAt(i) != chars[offset + i]) {
                return false;
            }
        }
        return true;
    }

    private static int slot(char[] chars, int offset, int length) {
        int hash = 0;
        for (int i = offset; i < offset + length; i++) {
            hash = 31 * hash + chars[i];
        }
        return (hash ^ hash >>> 16) & (SLOTS - 1);
    }
}
