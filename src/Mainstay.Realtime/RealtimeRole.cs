using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using Mainstay.Contracts;
using Mainstay.Realtime.Adapters;
using Mainstay.Realtime.Adapters.Kafka;
using Mainstay.Realtime.Adapters.Log;
using Mainstay.Realtime.Adapters.Memory;
using Mainstay.Realtime.Adapters.Redis;
using Mainstay.Realtime.Auth.Jwt;
using Mainstay.Realtime.Hub.Requests;
using Mainstay.Realtime.Hub.Service;
using Mainstay.Realtime.Ingest.Service;
using Mainstay.Realtime.Serving;
using Microsoft.Extensions.Logging;

namespace Mainstay.Realtime;

/// <summary>The process of a realtime service.</summary>
public static class RealtimeRole
{
    private const long LogBytes = 16L << 30;

    /// <summary>Serves until SIGTERM (it ends when nobody needs it) or SIGINT (soon; a second one at once, when nobody supervises it). Returns 0 when drained, 1 when it could not serve, 3 when its settings are wrong.</summary>
    public static async Task<int> RunAsync(string kind, IReadOnlyDictionary<string, string> environment)
    {
        var serve = kind switch
        {
            "ingest" => Ingest(environment),
            "hub" => Hub(environment),
            _ => null,
        };
        if (serve is null)
        {
            await Console.Error.WriteLineAsync($"mainstay realtime: there is no service \"{kind}\"; there are ingest and hub");
            return (int)ExitCode.WrongUsage;
        }

        if (!serve.Problems.IsEmpty)
        {
            await Console.Error.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture, $"{kind} cannot start: {serve.Problems.Length} {(serve.Problems.Length == 1 ? "problem" : "problems")} in its environment"));
            await Console.Error.WriteLineAsync(string.Join('\n', serve.Problems));
            return (int)ExitCode.Problems;
        }

        using var asked = new StopAsked(isSupervised: environment.ContainsKey("MAINSTAY_INSTANCE"));
        using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            asked.Terminate();
        });
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context =>
        {
            context.Cancel = true;
            asked.Interrupt();
        });
        using var loggers = LoggerFactory.Create(builder => builder
            .AddProvider(new LineLog(Console.Out, Console.Error, TimeProvider.System))
            .AddFilter("Microsoft", LogLevel.Warning)
            .AddFilter("Mainstay", LogLevel.Information));
        using var fetcher = new HttpJwksFetcher();
        try
        {
            await serve.RunAsync(fetcher, loggers, asked.Signals);
            return (int)ExitCode.Done;
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException or UnauthorizedAccessException or RequestStoreException)
        {
            await Console.Error.WriteLineAsync($"{kind} cannot serve: {e.Message}");
            return (int)ExitCode.Failed;
        }
    }

    private static Prepared Ingest(IReadOnlyDictionary<string, string> environment)
    {
        var (options, problems) = IngestOptions.Read(environment);
        if (options is { Adapter: AdapterKind.Kafka } && KafkaLibrary.Problem is { Length: > 0 } missing)
        {
            problems = [missing];
        }

        return new(problems, async (fetcher, loggers, stop) =>
        {
            await using var service = new IngestService(options!, Broker(options!), fetcher, TimeProvider.System, new Random(), loggers);
            await service.RunAsync(stop);
        });
    }

    private static Prepared Hub(IReadOnlyDictionary<string, string> environment)
    {
        var (options, problems) = HubOptions.Read(environment);
        return new(problems, async (fetcher, loggers, stop) =>
        {
            await using var service = new HubService(options!, fetcher, TimeProvider.System, new Random(), loggers);
            await service.RunAsync(stop.Drain, stop.Now);
        });
    }

    private static IBroker Broker(IngestOptions options) => options.Adapter switch
    {
        AdapterKind.RedisStreams => new RedisBroker(options.Redis!, TimeProvider.System),
        AdapterKind.Kafka => new KafkaBroker(options.Kafka!, TimeProvider.System),
        AdapterKind.Log => new LogBroker(Path.Combine(options.Data, "streams"), options.Retention, LogBytes, TimeProvider.System),
        AdapterKind.InMemory => new MemoryBroker(),
    };

    /// <param name="Problems">With one of them it does not run.</param>
    private sealed record Prepared(ImmutableArray<string> Problems, Func<IJwksFetcher, ILoggerFactory, StopSignals, Task> RunAsync);
}
