using System.Buffers.Binary;
using FsCheck;
using FsCheck.Fluent;
using Mainstay.Edge.WebSockets;

namespace Mainstay.Edge.Tests.WebSockets;

public sealed class FrameTrackerTests
{
    /// <summary>What of a frame matters here; the payload is filled with bytes that look like headers.</summary>
    public sealed record Frame(byte Opcode, bool Masked, bool Final, int Length)
    {
        public byte[] Bytes()
        {
            var bytes = new List<byte> { (byte)((Final ? 0x80 : 0) | Opcode) };
            var mask = Masked ? 0x80 : 0;
            switch (Length)
            {
                case < 126:
                    bytes.Add((byte)(mask | Length));
                    break;
                case < 65536:
                    bytes.Add((byte)(mask | 126));
                    bytes.AddRange([(byte)(Length >> 8), (byte)Length]);
                    break;
                default:
                    bytes.Add((byte)(mask | 127));
                    var length = new byte[8];
                    BinaryPrimitives.WriteInt64BigEndian(length, Length);
                    bytes.AddRange(length);
                    break;
            }

            if (Masked)
            {
                bytes.AddRange([1, 2, 3, 4]);
            }

            bytes.AddRange(Enumerable.Repeat((byte)0x88, Length));
            return [.. bytes];
        }
    }

    private static readonly Gen<Frame> Frames =
        from opcode in Gen.Elements<byte>(0, 1, 2, 8, 9, 10)
        from masked in Gen.Elements(true, false)
        from final in Gen.Elements(true, false)
        from length in Gen.Elements(0, 1, 2, 7, 124, 125, 126, 127, 300, 65535, 65536, 70000)
        select new Frame(opcode, masked, final, length);

    private static readonly Gen<(Frame[] Frames, int[] Cuts)> Streams =
        from frames in Frames.ListOf()
        from cuts in Gen.Choose(1, 200).ListOf()
        select (frames.ToArray(), cuts.ToArray());

    [Fact]
    public void Boundaries_are_found_however_the_bytes_are_divided() => Prop.ForAll(Arb.From(Streams), stream =>
    {
        var bytes = stream.Frames.SelectMany(f => f.Bytes()).ToArray();
        var ends = new HashSet<int> { 0 };
        var end = 0;
        foreach (var frame in stream.Frames)
        {
            ends.Add(end += frame.Bytes().Length);
        }

        var tracker = default(FrameTracker);
        var at = 0;
        var cut = 0;
        while (at < bytes.Length)
        {
            var size = Math.Min(bytes.Length - at, stream.Cuts.Length == 0 ? 1000 : stream.Cuts[cut++ % stream.Cuts.Length]);
            var taken = tracker.Next(bytes.AsSpan(at, size));
            if (taken <= 0 || taken > size || (taken < size && !tracker.AtBoundary))
            {
                return false;
            }

            at += taken;
            if (tracker.AtBoundary != ends.Contains(at))
            {
                return false;
            }
        }

        return tracker.AtBoundary && tracker.ClosePassed == stream.Frames.Any(f => f.Opcode == 8);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Skipping_ends_where_stepping_ends() => Prop.ForAll(Arb.From(Streams), stream =>
    {
        var bytes = stream.Frames.SelectMany(f => f.Bytes()).ToArray();
        var whole = default(FrameTracker);
        whole.Skip(bytes);
        var cut = default(FrameTracker);
        var half = bytes.Length / 2;
        cut.Skip(bytes.AsSpan(0, half));
        cut.Skip(bytes.AsSpan(half));
        return (whole.AtBoundary, whole.ClosePassed) == (cut.AtBoundary, cut.ClosePassed);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_length_with_the_top_bit_set_is_no_frame()
    {
        var tracker = default(FrameTracker);
        Assert.Equal(12, tracker.Next([0x82, 127, 0x80, 0, 0, 0, 0, 0, 0, 0, 1, 2]));
        Assert.True(tracker.IsBroken);
        Assert.False(tracker.AtBoundary);
        Assert.Equal(3, tracker.Next([1, 2, 3]));
    }

    [Fact]
    public void Random_bytes_never_hang_or_take_more_than_there_is() => Prop.ForAll<byte[]>(bytes =>
    {
        var tracker = default(FrameTracker);
        for (var at = 0; at < bytes.Length;)
        {
            var taken = tracker.Next(bytes.AsSpan(at));
            if (taken <= 0 || taken > bytes.Length - at)
            {
                return false;
            }

            at += taken;
        }

        return true;
    }).QuickCheckThrowOnFailure();
}
