using System.Globalization;
using System.Text;

namespace Mainstay.Realtime.Adapters.Redis;

/// <summary>What kind of answer stands in a <see cref="RespReply"/>.</summary>
internal enum RespKind
{
    Nothing,
    Simple,
    Error,
    Integer,
    Bulk,
    Array,
}

/// <summary>One answer of the server, copied out of the buffer that it was read from.</summary>
/// <param name="Integer">Of an integer; 0 otherwise.</param>
/// <param name="Bytes">Of a simple string, an error (without its sign) or a bulk string; empty otherwise.</param>
/// <param name="Items">Of an array; empty otherwise.</param>
internal readonly record struct RespReply(RespKind Kind, long Integer, byte[] Bytes, IReadOnlyList<RespReply> Items)
{
    /// <summary>A null bulk string or a null array: both say that there is nothing.</summary>
    public static RespReply Nothing { get; } = new(RespKind.Nothing, 0, [], []);

    public static RespReply Of(RespKind kind, byte[] bytes) => new(kind, 0, bytes, []);

    public static RespReply Of(long integer) => new(RespKind.Integer, integer, [], []);

    public static RespReply Of(IReadOnlyList<RespReply> items) => new(RespKind.Array, 0, [], items);

    public bool IsError => Kind == RespKind.Error;

    /// <summary>The bytes as text; what is no UTF-8 is replaced.</summary>
    public string Text => Encoding.UTF8.GetString(Bytes);

    /// <summary>For tests and debugging: each kind with its sign of the protocol, bytes as Latin-1.</summary>
    public override string ToString() => Kind switch
    {
        RespKind.Nothing => "null",
        RespKind.Simple => "+" + Encoding.Latin1.GetString(Bytes),
        RespKind.Error => "-" + Encoding.Latin1.GetString(Bytes),
        RespKind.Integer => ":" + Integer.ToString(CultureInfo.InvariantCulture),
        RespKind.Bulk => "$" + Encoding.Latin1.GetString(Bytes),
        RespKind.Array => $"[{string.Join(' ', Items)}]",
    };
}
