using System.Globalization;
using static Mainstay.EndToEnd.Tests.Realtime.Conformance.Wire;

namespace Mainstay.EndToEnd.Tests.Realtime.Conformance;

/// <summary>Group 7 of the table: how a client closes.</summary>
internal static class CloseCases
{
    private const string Reason = "1007 would say more";

    private static readonly byte[] s_hello = "Hello"u8.ToArray();

    public static IEnumerable<WireCase> All =>
    [
        Closed("7.1.1", "a close", "close 1000", CloseFrame(1000)),
        Closed("7.1.2", "two closes", "close 1000", CloseFrame(1000), CloseFrame(1000)),
        Closed("7.1.3", "a ping behind a close", "close 1000", Joined(CloseFrame(1000), Frame(Ping, s_hello))),
        new("7.1.4", "a message behind a close", s => [Joined(CloseFrame(1000), Frame(s.Opcode, s.Message(200)))], new(0, [], "close 1000")),
        new("7.1.5", "a close within a message in frames", s => [Frame(s.Opcode, s.Message(200)[..100], final: false), CloseFrame(1000), Frame(More, s.Message(200)[100..])], new(0, [], "close 1000")),
        new("7.1.6", "a ping, a close, and 256 KiB behind it", s => [Joined(Frame(Ping, s_hello), CloseFrame(1000), Frame(s.Opcode, s.Message(256 << 10)))], new(0, [5], "close 1000")),
        Closed("7.3.1", "a close without payload", "close 1000", Frame(Close, [])) with { Differs = "it is answered with a code, which the RFC leaves open" },
        Closed("7.3.2", "a close with one byte", "close 1002", Frame(Close, [3])),
        Closed("7.3.3", "a close with a reason", "close 1000", CloseFrame(1000, "good bye")),
        Closed("7.3.4", "a reason of 123 bytes", "close 1000", CloseFrame(1000, new string('x', 123))),
        Closed("7.3.5", "a reason of 124 bytes", "close 1002", CloseFrame(1000, new string('x', 124))),
        Closed("7.5.1", "a reason that is not UTF-8", "close 1002", CloseFrame(1000, [0xCE, 0xED, 0xA0, 0x80])) with { Differs = Reason },
        Closed("7.5.2", "a reason that ends within a letter", "close 1002", CloseFrame(1000, [0xE2, 0x82])) with { Differs = Reason },
        .. ((int[])[1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999]).Select((code, i) => Code($"7.7.{i + 1}", code, code)),
        .. ((int[])[0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535]).Select((code, i) => Code($"7.9.{i + 1}", code, 1002)),
    ];

    private static WireCase Code(string name, int code, int answer) => Closed(name, string.Create(CultureInfo.InvariantCulture, $"a close with {code}"), string.Create(CultureInfo.InvariantCulture, $"close {answer}"), CloseFrame(code));

    private static WireCase Closed(string name, string sent, string end, params byte[][] bytes) => new(name, sent, _ => bytes, new(0, [], end));
}
