using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Mainstay.Realtime.Adapters;
using Mainstay.Realtime.Adapters.Redis;

namespace Mainstay.Realtime.Inspect;

/// <summary>A stream of Redis. Without a group, so that no consumer notices.</summary>
internal sealed class RedisSource(RedisOptions options, string topic, TimeProvider time) : IStreamSource
{
    private const string PageSize = "200";

    /// <summary>Redis answers after this at the latest; so a connection that is dead without a word is noticed.</summary>
    private const string BlockMs = "1000";

    private readonly RespReader _reader = new();
    private Stream? _stream;

    public async IAsyncEnumerable<SeenRecord> ReadAsync(StartPoint from, bool follow, [EnumeratorCancellation] CancellationToken token)
    {
        var last = await BeginAsync(from, token);

        // What comes meanwhile is not waited for: it could come from whoever reads this.
        var end = follow ? "+" : await NewestAsync(token) ?? "-";
        while (true)
        {
            var page = (await AskAsync(token, "XRANGE", topic, last, end, "COUNT", PageSize)).Items;
            foreach (var entry in page)
            {
                var seen = Read(entry);
                last = "(" + seen.Position;
                yield return seen;
            }

            if (page.Count > 0)
            {
                continue;
            }

            if (!follow)
            {
                yield break;
            }

            // Only to wait; what came is read above.
            await AskAsync(token, "XREAD", "COUNT", "1", "BLOCK", BlockMs, "STREAMS", topic, last is "-" ? "0" : last.TrimStart('('));
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_stream is not null)
        {
            await _stream.DisposeAsync();
        }
    }

    private async Task<string> BeginAsync(StartPoint from, CancellationToken token)
    {
        switch (from)
        {
            case StartPoint.Since(var moment):
                return moment.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
            case StartPoint.At(var position):
                return position;
            case StartPoint.Newest:
                return await NewestAsync(token) is { } newest ? "(" + newest : "-";
            default:
                return "-";
        }
    }

    /// <returns>Null: the stream is empty, or not there.</returns>
    private async Task<string?> NewestAsync(CancellationToken token)
    {
        var newest = (await AskAsync(token, "XREVRANGE", topic, "+", "-", "COUNT", "1")).Items;
        return newest.Count > 0 ? newest[0].Items[0].Text : null;
    }

    private static SeenRecord Read(RespReply entry)
    {
        var (id, words) = (entry.Items[0].Text, entry.Items[1].Items);
        var fields = ImmutableArray.CreateBuilder<KeyValuePair<string, string>>();
        for (var i = 0; i + 3 < words.Count; i += 2)
        {
            fields.Add(new(words[i].Text, words[i + 1].Text));
        }

        var key = fields.FirstOrDefault(f => f.Key == "interaction_id").Value ?? "";
        var record = new StreamRecord("", key, fields.ToImmutable(), words[^2].Text, words[^1].Bytes);
        var at = DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(id.AsSpan(0, id.IndexOf('-', StringComparison.Ordinal)), NumberStyles.None, CultureInfo.InvariantCulture));
        return new(id, at, key.Length > 0 ? record : record with { Key = FrameView.Of(record)?.Interaction ?? "" });
    }

    private async Task<RespReply> AskAsync(CancellationToken token, params string[] words)
    {
        try
        {
            _stream ??= await ConnectAsync(token);
            return await ExchangeAsync(_stream, words, token);
        }
        catch (Exception e) when (e is IOException or SocketException or RespException or BrokerDownException)
        {
            throw new InspectException($"redis at {options.Endpoint} cannot be read: {e.Message}", e);
        }
    }

    private async Task<Stream> ConnectAsync(CancellationToken token)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(token);
        limit.CancelAfter(TimeSpan.FromSeconds(5));
        try
        {
            var stream = await new RedisBroker(options, time).DialAsync(limit.Token);
            foreach (var command in RedisHandshake.LogIn(options))
            {
                await ExchangeAsync(stream, command, limit.Token);
            }

            return stream;
        }
        catch (OperationCanceledException) when (!token.IsCancellationRequested)
        {
            throw new InspectException($"redis at {options.Endpoint} did not answer within 5 s");
        }
    }

    private async Task<RespReply> ExchangeAsync(Stream stream, string[] words, CancellationToken token)
    {
        var command = new ArrayBufferWriter<byte>();
        RespWriter.WriteCommand(command, words);
        await stream.WriteAsync(command.WrittenMemory, token);
        RespReply reply;
        while (!_reader.TryRead(out reply))
        {
            var count = await stream.ReadAsync(_reader.Room(), token);
            if (count == 0)
            {
                throw new IOException("it closed the connection");
            }

            _reader.Filled(count);
        }

        return reply.IsError ? throw new InspectException($"redis at {options.Endpoint} answered {words[0]}: {RedisErrors.Clean(reply.Text, options)}") : reply;
    }
}
