using System.Text;
using static Mainstay.EndToEnd.Tests.Realtime.Conformance.Wire;

namespace Mainstay.EndToEnd.Tests.Realtime.Conformance;

/// <summary>Group 6 of the table: what is UTF-8.</summary>
internal static class TextCases
{
    private static readonly byte[] s_greeting = Encoding.UTF8.GetBytes("Hello-µ@ßöäüàá-UTF-8!!");

    private static readonly (string Name, string Hex)[] s_right =
    [
        ("6.7.1 first of two bytes", "c280"), ("6.7.2 first of three bytes", "e0a080"), ("6.7.3 first of four bytes", "f0908080"),
        ("6.9.1 last of one byte", "7f"), ("6.9.2 last of two bytes", "dfbf"), ("6.9.3 last of three bytes", "efbfbf"), ("6.9.4 last of all", "f48fbfbf"),
        ("6.11.1 last before the surrogates", "ed9fbf"), ("6.11.2 first behind the surrogates", "ee8080"), ("6.11.3 U+FFFD", "efbfbd"),
        ("6.22.1 noncharacter U+FFFE", "efbfbe"), ("6.22.2 noncharacter U+1FFFE", "f09fbfbe"), ("6.22.3 noncharacter U+10FFFE", "f48fbfbe"), ("6.22.4 noncharacter U+FDD0", "efb790"),
        ("6.23.1 U+FFF9", "efbfb9"), ("6.23.2 U+FEFF", "efbbbf"),
    ];

    private static readonly (string Name, string Hex)[] s_wrong =
    [
        ("6.6.1 two bytes, one missing", "ce"), ("6.6.2 three bytes, one missing", "e1bd"), ("6.6.3 three bytes, two missing", "e1"), ("6.6.4 four bytes, one missing", "f09080"), ("6.6.5 four bytes, two missing", "f090"), ("6.6.6 four bytes, three missing", "f0"),
        ("6.8.1 five bytes, the first", "f888808080"), ("6.8.2 six bytes, the first", "fc8480808080"),
        ("6.10.1 four bytes beyond U+10FFFF", "f7bfbfbf"), ("6.10.2 five bytes, the last", "fbbfbfbfbf"), ("6.10.3 six bytes, the last", "fdbfbfbfbfbf"),
        ("6.11.4 U+110000", "f4908080"),
        ("6.12.1 a continuation alone", "80"), ("6.12.2 another", "bf"), ("6.12.3 two", "80bf"), ("6.12.4 all of them", string.Concat(Enumerable.Range(0x80, 0x40).Select(b => $"{b:x2}"))),
        ("6.13.1 starts of two bytes, each with a space", string.Concat(Enumerable.Range(0xC0, 0x20).Select(b => $"{b:x2}20"))), ("6.13.2 starts of three bytes", string.Concat(Enumerable.Range(0xE0, 0x10).Select(b => $"{b:x2}20"))),
        ("6.13.3 starts of four bytes", string.Concat(Enumerable.Range(0xF0, 8).Select(b => $"{b:x2}20"))), ("6.13.4 starts of five and six bytes", "f820f920fa20fb20fc20fd20"),
        ("6.14.1 last byte missing", "c0"), ("6.14.2 last byte missing", "e080"), ("6.14.3 last byte missing", "f08080"), ("6.14.4 last byte missing", "df"), ("6.14.5 last byte missing", "efbf"),
        ("6.15 all of those in a row", "c0e080f08080dfefbf"),
        ("6.16.1 FE", "fe"), ("6.16.2 FF", "ff"), ("6.16.3 both", "fefeffff"),
        ("6.17.1 a slash in two bytes", "c0af"), ("6.17.2 a slash in three", "e080af"), ("6.17.3 a slash in four", "f08080af"), ("6.17.4 a slash in five", "f8808080af"),
        ("6.18.1 overlong U+007F", "c1bf"), ("6.18.2 overlong U+07FF", "e09fbf"), ("6.18.3 overlong U+FFFF", "f08fbfbf"),
        ("6.19.1 NUL in two bytes", "c080"), ("6.19.2 NUL in three", "e08080"), ("6.19.3 NUL in four", "f0808080"),
        ("6.20.1 first high surrogate", "eda080"), ("6.20.2 last high surrogate", "edafbf"), ("6.20.3 first low surrogate", "edb080"), ("6.20.4 last low surrogate", "edbfbf"),
        ("6.21.1 a pair of surrogates", "eda080edb080"), ("6.21.2 another pair", "edafbfedbfbf"),
    ];

    public static IEnumerable<WireCase> All =>
    [
        Right("6.2.1", "text of many letters", s_greeting, text => [Frame(Text, text)]),
        Right("6.2.2", "the same, a letter cut by two frames", s_greeting, text => Fragments(Text, text, CutIn(text, 0xC2))),
        Right("6.2.3", "the same in frames of a byte", s_greeting, text => Fragments(Text, text, 1)),
        Right("6.2.4", "the same, written byte by byte", s_greeting, text => Chopped(Frame(Text, text), 1)),
        .. s_right.Select(c => Right(Number(c), Words(c), Convert.FromHexString(c.Hex), text => [Frame(Text, text)])),
        Wrong("6.3.1", "wrong in the middle", s => [Frame(Text, s.Carry([0x61, 0xED, 0xA0, 0x80, 0x62]))]),
        Wrong("6.3.2", "wrong in the middle, in frames of a byte", s => Fragments(Text, s.Carry([0x61, 0xED, 0xA0, 0x80, 0x62]), 1)),
        Wrong("6.4.1", "a right frame, a wrong one, and more would follow: it is not waited for", s => [Frame(Text, s.Carry([])[..^2], final: false), Frame(More, [0xF4, 0x90, 0x80, 0x80], final: false)]),
        Wrong("6.4.2", "wrong in a frame that comes in two writes", s => Chopped(Frame(Text, s.Carry([0xF4, 0x90, 0x80, 0x80, .. s_greeting])), 70)) with { Differs = "it is refused when the frame is whole or 4 KiB of it are there; the RFC lets it be refused at once" },
        Wrong("6.4.3", "a letter that a frame cut, and the next does not go on with", s => [Frame(Text, [.. s.Carry([])[..^2], 0xE2, 0x82], final: false), Frame(More, "a\"}"u8.ToArray())]),
        Wrong("6.4.4", "a message that ends within a letter", _ => [Frame(Text, [0xCE, 0xBA, 0xE1, 0xBD])]),
        Wrong("6.4.5", "the same, with its last frame empty", _ => [Frame(Text, [0xCE, 0xBA, 0xE1, 0xBD], final: false), Frame(More, [])]),
        .. s_wrong.Select(c => Wrong(Number(c), Words(c), s => [Frame(Text, s.Carry(Convert.FromHexString(c.Hex)))])),
    ];

    private static int CutIn(byte[] text, byte first) => Array.IndexOf(text, first) + 1;

    private static string Number((string Name, string) c) => c.Name[..c.Name.IndexOf(' ', StringComparison.Ordinal)];

    private static string Words((string Name, string Hex) c) => $"{c.Name[(c.Name.IndexOf(' ', StringComparison.Ordinal) + 1)..]} ({(c.Hex.Length > 24 ? c.Hex[..20] + "…" : c.Hex)})";

    private static WireCase Right(string name, string sent, byte[] text, Func<byte[], byte[][]> frames) =>
        new(name, sent, s => frames(s.Carry(text)), new(1, [], WireAnswer.Open)) { IsText = true };

    private static WireCase Wrong(string name, string sent, Func<Speaker, byte[][]> bytes) => new(name, sent, bytes, new(0, [], "close 1007"));
}
