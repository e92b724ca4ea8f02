using System.Buffers;
using System.Globalization;

namespace Mainstay.Realtime.Adapters.Redis;

/// <summary>The first words on a new connection, all in one write: log in, choose the database, and learn whether records can be stored and kept.</summary>
internal static class RedisHandshake
{
    /// <summary>Whether XADD with MINID would be taken now: with NOMKSTREAM on a key that nobody has it does nothing, but is refused by whatever refuses a real one.</summary>
    private static readonly string[] Probe = ["XADD", "mainstay:probe", "NOMKSTREAM", "MINID", "~", "0", "*", "probe", "1"];

    /// <exception cref="BrokerDownException">The server is not ready, or not one that can be used.</exception>
    /// <exception cref="RespException">It does not speak the protocol.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    public static async Task<RedisWelcome> RunAsync(Stream stream, RespReader reader, RedisOptions options, CancellationToken token)
    {
        await stream.WriteAsync(Words(options), token);
        foreach (var _ in LogIn(options))
        {
            Require(await ReadAsync(stream, reader, options, token), options);
        }

        Require(await ReadAsync(stream, reader, options, token), options);
        var info = Bulk(await ReadAsync(stream, reader, options, token)) + Bulk(await ReadAsync(stream, reader, options, token));
        if (RedisWelcome.ProblemOf(options.Endpoint, info) is { Length: > 0 } problem)
        {
            throw new BrokerDownException(problem);
        }

        RequireProbe(await ReadAsync(stream, reader, options, token), options);
        var clock = RedisWelcome.Time(await ReadAsync(stream, reader, options, token));
        var persistence = Bulk(await ReadAsync(stream, reader, options, token));
        var appendOnly = RedisWelcome.Setting(await ReadAsync(stream, reader, options, token));
        var save = RedisWelcome.Setting(await ReadAsync(stream, reader, options, token));
        var limit = RedisWelcome.Setting(await ReadAsync(stream, reader, options, token));
        return new(
            RedisWelcome.WarningFor(options.Endpoint, appendOnly, save, persistence),
            clock,
            long.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) ? bytes : RedisWelcome.UsualMaxStringBytes);
    }

    /// <summary>The answers are read in this order.</summary>
    private static ReadOnlyMemory<byte> Words(RedisOptions options)
    {
        var words = new ArrayBufferWriter<byte>();
        foreach (var command in LogIn(options))
        {
            RespWriter.WriteCommand(words, command);
        }

        foreach (var command in (string[][])[["PING"], ["INFO", "server"], ["INFO", "replication"], Probe, ["TIME"], ["INFO", "persistence"]])
        {
            RespWriter.WriteCommand(words, command);
        }

        foreach (var setting in (string[])["appendonly", "save", "proto-max-bulk-len"])
        {
            RespWriter.WriteCommand(words, "CONFIG", "GET", setting);
        }

        return words.WrittenMemory;
    }

    public static IEnumerable<string[]> LogIn(RedisOptions options)
    {
        if (options.Password is { } password)
        {
            yield return options.User is { } user ? ["AUTH", user, password] : ["AUTH", password];
        }

        if (options.Database != 0)
        {
            yield return ["SELECT", options.Database.ToString(CultureInfo.InvariantCulture)];
        }
    }

    private static void Require(RespReply reply, RedisOptions options)
    {
        if (reply.IsError)
        {
            throw new BrokerDownException(RedisErrors.Explain(reply.Text, options, null));
        }
    }

    private static void RequireProbe(RespReply reply, RedisOptions options)
    {
        if (reply.IsError && reply.Text.StartsWith("ERR ", StringComparison.Ordinal))
        {
            throw new BrokerDownException($"redis at {options.Endpoint} does not take XADD with MINID, for which {RedisWelcome.NeededVersion} or newer is needed: {RedisErrors.Clean(reply.Text, options)}");
        }

        if (reply.IsError && !RedisErrors.ConcernsTheProbeOnly(reply.Text))
        {
            throw new BrokerDownException(RedisErrors.Explain(reply.Text, options, null));
        }
    }

    private static string? Bulk(RespReply reply) => reply.Kind == RespKind.Bulk ? reply.Text + "\n" : null;

    private static async Task<RespReply> ReadAsync(Stream stream, RespReader reader, RedisOptions options, CancellationToken token)
    {
        RespReply reply;
        while (!reader.TryRead(out reply))
        {
            var count = await stream.ReadAsync(reader.Room(), token);
            if (count == 0)
            {
                throw new BrokerDownException($"redis at {options.Endpoint} closed the connection before it was ready");
            }

            reader.Filled(count);
        }

        return reply;
    }
}
