namespace Mainstay.SegmentLog.Tests;

/// <summary>What a crash, a cut write or a bad disk leaves behind.</summary>
public sealed class RecoveryTests : IDisposable
{
    private readonly LogFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Cut_at_any_byte_the_log_has_every_whole_record_and_goes_on_behind_the_last()
    {
        await WriteAsync("one", "two", "three");
        var whole = await File.ReadAllBytesAsync(_folder.Segments[0], TestContext.Current.CancellationToken);
        string[][] left = [[], ["one"], ["one", "two"], ["one", "two", "three"]];
        int[] ends = [.. new[] { 0, 1, 2, 3 }.Select(n => Segment.HeadBytes + left[n].Sum(t => RecordFormat.SizeOf(1, 0, t.Length)))];
        for (var cut = Segment.HeadBytes; cut <= whole.Length; cut++)
        {
            await File.WriteAllBytesAsync(_folder.Segments[0], whole[..cut], TestContext.Current.CancellationToken);
            var expected = left[Array.FindLastIndex(ends, e => e <= cut)];

            await using var log = _folder.Open();
            Assert.Equal(expected, LogFolder.Texts(log));
            Assert.Equal(cut - ends[expected.Length], log.Opening.TornBytes);
            Assert.Equal(expected.Length, await LogFolder.AppendAsync(log, "next"));
            Assert.Equal([.. expected, "next"], LogFolder.Texts(log));
        }
    }

    [Fact]
    public async Task A_flipped_bit_anywhere_never_shows_a_record_that_was_not_written()
    {
        await WriteAsync("one", "two", "three");
        var whole = await File.ReadAllBytesAsync(_folder.Segments[0], TestContext.Current.CancellationToken);
        for (var bit = Segment.HeadBytes * 8; bit < whole.Length * 8; bit++)
        {
            var bad = (byte[])whole.Clone();
            bad[bit / 8] ^= (byte)(1 << (bit % 8));
            await File.WriteAllBytesAsync(_folder.Segments[0], bad, TestContext.Current.CancellationToken);

            await using var log = _folder.Open();
            var texts = LogFolder.Texts(log);
            Assert.True(texts.Length < 3, $"bit {bit}");
            Assert.Equal(new[] { "one", "two", "three" }.Take(texts.Length), texts);
        }
    }

    [Fact]
    public async Task What_is_cut_off_is_put_aside_and_told()
    {
        await WriteAsync("one", "two");
        await using (var file = File.OpenWrite(_folder.Segments[0]))
        {
            file.Seek(0, SeekOrigin.End);
            file.Write("half a rec"u8);
        }

        await using var log = _folder.Open();

        Assert.Equal(10, log.Opening.TornBytes);
        Assert.Contains("10 bytes behind the last whole record (1)", log.Opening.Because, StringComparison.Ordinal);
        Assert.Equal("half a rec", await File.ReadAllTextAsync(log.Opening.TornFile!, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_segment_that_was_only_begun_is_begun_again()
    {
        await WriteAsync("one");
        await File.WriteAllBytesAsync(Path.Combine(_folder.Path, Segment.NameOf(1)), new byte[7], TestContext.Current.CancellationToken);

        await using var log = _folder.Open();

        Assert.Equal(1, await LogFolder.AppendAsync(log, "two"));
        Assert.Equal(["one", "two"], LogFolder.Texts(log));
    }

    [Fact]
    public async Task Damage_in_an_older_segment_is_told_with_the_place_to_go_on_from()
    {
        await using (var log = _folder.Open(new(SegmentBytes: 4096)))
        {
            for (var i = 0; i < 12; i++)
            {
                await LogFolder.AppendAsync(log, new string('x', 1000));
            }
        }

        var bytes = await File.ReadAllBytesAsync(_folder.Segments[1], TestContext.Current.CancellationToken);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(_folder.Segments[1], bytes, TestContext.Current.CancellationToken);
        await using var damaged = _folder.Open(new(SegmentBytes: 4096));

        var fault = Assert.Throws<LogDamagedException>(() => LogFolder.Texts(damaged));

        Assert.Equal(fault.NextReadable, fault.Offset + 1);
        Assert.Equal(12 - fault.NextReadable, LogFolder.Texts(damaged, fault.NextReadable).Length);
    }

    [Fact]
    public void The_checksum_is_the_one_of_the_standard()
    {
        Assert.Equal(0xE3069283, Crc32C.Of("123456789"u8));
        Assert.Equal(0x8A9136AA, Crc32C.Of(new byte[32]));
    }

    private async Task WriteAsync(params string[] texts)
    {
        await using var log = _folder.Open();
        foreach (var text in texts)
        {
            await LogFolder.AppendAsync(log, text);
        }
    }
}
