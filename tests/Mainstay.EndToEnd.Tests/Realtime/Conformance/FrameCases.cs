using System.Globalization;
using static Mainstay.EndToEnd.Tests.Realtime.Conformance.Wire;

namespace Mainstay.EndToEnd.Tests.Realtime.Conformance;

/// <summary>Groups 1 to 5, 9 and 10 of the table: what frames are, and how long.</summary>
internal static class FrameCases
{
    private const int Some = 200;
    private const string NotMinimal = "whoever sends must tell a length in as few bytes as do (5.2); longer ones are understood";

    private static readonly byte[] s_hello = "Hello"u8.ToArray();
    private static readonly byte[] s_long = [.. Enumerable.Range(0, 125).Select(i => (byte)(i * 5))];

    public static IEnumerable<WireCase> All => [.. Sizes, .. Pings, .. Bits, .. Opcodes, .. Parts, .. Lengths, .. Limits];

    private static IEnumerable<WireCase> Sizes =>
    [
        .. ((int[])[0, 125, 126, 127, 128, 65_535, 65_536]).Select((size, i) => Taken($"1.{i + 1}", $"a message of {size} bytes", s => [Frame(s.Opcode, s.Message(size))])),
        Taken("1.8", "126 bytes, written one by one", s => Chopped(Frame(s.Opcode, s.Message(126)), 1)),
        Taken("1.9", "65536 bytes, written 997 at a time", s => Chopped(Frame(s.Opcode, s.Message(65_536)), 997)),
        Taken("1.10", "three messages in one write", s => [Joined(Frame(s.Opcode, s.Message(Some)), Frame(s.Opcode, s.Message(Some)), Frame(s.Opcode, s.Message(Some)))], 3),
    ];

    private static IEnumerable<WireCase> Pings =>
    [
        Ponged("2.1", "a ping without payload", [0], Frame(Ping, [])),
        Ponged("2.2", "a ping with text", [5], Frame(Ping, s_hello)),
        Ponged("2.3", "a ping with 125 bytes that are no text", [125], Frame(Ping, s_long)),
        Refused("2.4", "a ping with 126 bytes", 1002, Frame(Ping, [.. s_long, 1])),
        new("2.5", "a ping with 125 bytes, written one by one", _ => Chopped(Frame(Ping, s_long), 1), new(0, [125], WireAnswer.Open)),
        Ponged("2.6", "a pong that was not asked for", [], Frame(Pong, [])),
        Ponged("2.7", "a pong with payload that was not asked for", [], Frame(Pong, s_hello)),
        Ponged("2.8", "such a pong, then a ping", [5], Frame(Pong, s_long), Frame(Ping, s_hello)),
        Ponged("2.9", "ten pings at once", [.. Enumerable.Range(1, 10)], Joined([.. Enumerable.Range(1, 10).Select(n => Frame(Ping, s_long[..n]))])),
        new("2.10", "ten pings, written three bytes at a time", _ => Chopped(Joined([.. Enumerable.Range(1, 10).Select(n => Frame(Ping, s_long[..n]))]), 3), new(0, [.. Enumerable.Range(1, 10)], WireAnswer.Open)),
        Refused("2.11", "a pong with 126 bytes", 1002, Frame(Pong, [.. s_long, 1])),
    ];

    private static IEnumerable<WireCase> Bits =>
    [
        .. Enumerable.Range(1, 7).Select(bits => Fails($"3.{bits}", $"a message with the reserved bits {bits:b3}", s => [Frame(s.Opcode, s.Message(Some), reserved: bits)])),
        PongedThenRefused("3.8", "a ping, then one with a reserved bit", Frame(Ping, s_hello), Frame(Ping, s_hello, reserved: 4)),
        Fails("3.9", "a reserved bit, written byte by byte", s => Chopped(Frame(s.Opcode, s.Message(Some), reserved: 2), 1)),
        Refused("3.10", "a close with a reserved bit", 1002, Frame(Close, [3, 0xE8], reserved: 1)),
        Fails("3.11", "a reserved bit in a continuation", s => [Frame(s.Opcode, s.Message(Some)[..9], final: false), Frame(More, s.Message(Some)[9..], reserved: 4)]),
    ];

    private static IEnumerable<WireCase> Opcodes =>
    [
        .. ((int[])[3, 4, 5, 6, 7]).Select((opcode, i) => Refused($"4.1.{i + 1}", $"the opcode {opcode}", 1002, Frame(opcode, i % 2 == 0 ? [] : s_hello))),
        .. ((int[])[11, 12, 13, 14, 15]).Select((opcode, i) => Refused($"4.2.{i + 1}", $"the opcode {opcode}", 1002, Frame(opcode, i % 2 == 0 ? [] : s_hello))),
        PongedThenRefused("4.3", "a ping, then the opcode 7", Frame(Ping, s_hello), Frame(7, s_hello)),
        PongedThenRefused("4.4", "a ping, then the opcode 11, in one write", Joined(Frame(Ping, s_hello), Frame(11, []))),
    ];

    private static IEnumerable<WireCase> Parts =>
    [
        Refused("5.1", "a ping in two frames", 1002, Frame(Ping, s_hello, final: false), Frame(More, s_hello)),
        Refused("5.2", "a pong in two frames", 1002, Frame(Pong, s_hello, final: false), Frame(More, s_hello)),
        Taken("5.3", "a message in two frames", s => Fragments(s.Opcode, s.Message(Some), 120)),
        Taken("5.4", "the same in one write", s => [Joined(Fragments(s.Opcode, s.Message(Some), 120))]),
        Taken("5.5", "the same, written byte by byte", s => Chopped(Joined(Fragments(s.Opcode, s.Message(Some), 120)), 1)),
        Taken("5.6", "a ping between the two", s => Between(s, Frame(Ping, s_hello)), 1, 5),
        Taken("5.7", "a ping between the two, in one write", s => [Joined(Between(s, Frame(Ping, s_hello)))], 1, 5),
        Taken("5.8", "a ping between the two, written byte by byte", s => Chopped(Joined(Between(s, Frame(Ping, s_hello))), 1), 1, 5),
        Refused("5.9", "a continuation of nothing, final", 1002, Frame(More, s_hello)),
        Refused("5.10", "a continuation of nothing, and more to come", 1002, Frame(More, s_hello, final: false)),
        Refused("5.11", "a continuation of nothing, without payload", 1002, Frame(More, [])),
        Fails("5.12", "a message within a message", s => [Frame(s.Opcode, s.Message(Some)[..9], final: false), Frame(s.Opcode, s.Message(Some))]),
        Fails("5.13", "a message of the other kind within a message", s => [Frame(s.Opcode, s.Message(Some)[..9], final: false), Frame(3 - s.Opcode, s_hello)]),
        Taken("5.14", "five frames with a ping behind the second and the fourth", s =>
        {
            var frames = Fragments(s.Opcode, s.Message(Some), 40);
            return [.. frames[..2], Frame(Ping, s_hello), .. frames[2..4], Frame(Ping, s_long[..7]), frames[4]];
        }, 1, 5, 7),
        Taken("5.15", "200 frames of a byte", s => Fragments(s.Opcode, s.Message(Some), 1)),
        Taken("5.16", "empty frames before, between and behind", s =>
            [Frame(s.Opcode, [], final: false), Frame(More, [], final: false), Frame(More, s.Message(Some), final: false), Frame(More, [], final: false), Frame(More, [])]),
        Taken("5.17", "a message of empty frames only", s => [Frame(s.Opcode, [], final: false), Frame(More, [], final: false), Frame(More, [])]),
        Taken("5.18", "two messages in frames, one after the other", s => [.. Fragments(s.Opcode, s.Message(Some), 33), .. Fragments(s.Opcode, s.Message(Some), 77)], 2),
        Refused("5.19", "a close in two frames", 1002, Frame(Close, [3], final: false), Frame(More, [0xE8])),
    ];

    private static IEnumerable<WireCase> Lengths =>
    [
        Fails("8.1", "a message without a mask", s => [Frame(s.Opcode, s.Message(Some), masked: false)]),
        Refused("8.2", "a ping without a mask", 1002, Frame(Ping, s_hello, masked: false)),
        Refused("8.3", "a close without a mask, with a reason", 1002, Frame(Close, [3, 0xE8, .. s_hello], masked: false)),
        Refused("8.4", "a close without a mask and without a reason, and a ping behind it", 1002, Frame(Close, [3, 0xE8], masked: false), Frame(Ping, s_hello)) with
        {
            Differs = "four bytes are waited for where the mask would be, so that without the ping it would not be refused before the peer is found silent",
        },
        Fails("8.5", "a length with its top bit set", s => [Frame(s.Opcode, s_hello, lengthBytes: 8, length: (1UL << 63) | 5)]),
        Taken("8.6", "a length of 200 told in eight bytes", s => [Frame(s.Opcode, s.Message(Some), lengthBytes: 8)]) with { Differs = NotMinimal },
        Taken("8.7", "a length of 100 told in two bytes", s => [Frame(s.Opcode, s.Message(100), lengthBytes: 2)]) with { Differs = NotMinimal },
        Ponged("8.8", "a ping whose length of 5 is told in two bytes", [5], Frame(Ping, s_hello, lengthBytes: 2)) with { Differs = NotMinimal },
    ];

    private static IEnumerable<WireCase> Limits =>
    [
        .. ((int[])[64, 128, 256]).Select((kilobytes, i) => Taken($"9.1.{i + 1}", $"a message of {kilobytes} KiB", s => [Frame(s.Opcode, s.Message(kilobytes << 10))])),
        .. ((int[])[64, 256, 1024, 4096, 16_384, 65_536]).Select((size, i) => Taken($"9.2.{i + 1}", $"256 KiB in frames of {size} bytes", s => Fragments(s.Opcode, s.Message(256 << 10), size))),
        .. ((int[])[64, 256, 1024, 4096]).Select((size, i) => Taken($"9.3.{i + 1}", $"64 KiB, written {size} bytes at a time", s => Chopped(Frame(s.Opcode, s.Message(64 << 10)), size))),
        Taken("9.4", "as long as is allowed", s => [Frame(s.Opcode, s.Message(s.Limit))]),
        Fails("9.5", "a byte longer than is allowed", s => [Frame(s.Opcode, s.Message(s.Limit + 1))], 1009),
        Fails("9.6", "the same in frames of 16384 bytes", s => Fragments(s.Opcode, s.Message(s.Limit + 1), 16_384), 1009),
        Fails("9.7", "a terabyte is announced, and a byte more than is allowed comes", s => [Frame(s.Opcode, s.Message(s.Limit + 1), length: 1UL << 40)], 1009),
        .. ((int[])[125, 1300, 10_000]).Select((size, i) => Taken($"10.{i + 1}", $"65536 bytes in frames of {size}, in one write", s => [Joined(Fragments(s.Opcode, s.Message(65_536), size))])),
    ];

    private static byte[][] Between(Speaker s, byte[] frame) => [Frame(s.Opcode, s.Message(Some)[..120], final: false), frame, Frame(More, s.Message(Some)[120..])];

    private static WireCase Taken(string name, string sent, Func<Speaker, byte[][]> bytes, int messages = 1, params int[] pongs) => new(name, sent, bytes, new(messages, pongs, WireAnswer.Open));

    private static WireCase Ponged(string name, string sent, int[] pongs, params byte[][] bytes) => new(name, sent, _ => bytes, new(0, pongs, WireAnswer.Open));

    private static WireCase PongedThenRefused(string name, string sent, params byte[][] bytes) => new(name, sent, _ => bytes, new(0, [5], "close 1002"));

    private static WireCase Refused(string name, string sent, int status, params byte[][] bytes) => Fails(name, sent, _ => bytes, status);

    private static WireCase Fails(string name, string sent, Func<Speaker, byte[][]> bytes, int status = 1002) => new(name, sent, bytes, new(0, [], string.Create(CultureInfo.InvariantCulture, $"close {status}")));
}
