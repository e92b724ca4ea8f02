using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Mainstay.Realtime.Simulator;

/// <summary>What a simulated caller says: a tone, in the messages of his dialect.</summary>
internal sealed class SimulatedSpeech(string dialect, int number, string run)
{
    private const double Loudness = 8000;

    private static readonly string[] s_tracks = ["inbound"];

    private readonly string _call = string.Create(CultureInfo.InvariantCulture, $"sim-{run}-{number}");

    public string Call => _call;

    /// <summary>As the carriers do it: Twilio in pieces of 20 ms, the others in 100 ms.</summary>
    public TimeSpan FrameLength => TimeSpan.FromMilliseconds(dialect == "twilio" ? 20 : 100);

    public bool IsBinary => dialect == "native";

    private int Rate => dialect == "twilio" ? 8000 : 16_000;

    public IEnumerable<byte[]> Beginning() => dialect switch
    {
        "native" => [Json(new { @event = "start", interaction_id = _call, tenant_id = "sim", sample_rate = Rate, encoding = "pcm16" })],
        "exotel" =>
        [
            Json(new { @event = "connected" }),
            Json(new
            {
                @event = "start", sequence_number = "1", stream_sid = _call,
                start = new { stream_sid = _call, call_sid = _call, account_sid = "sim", from = "0100", to = "0200", media_format = new { encoding = "audio/x-raw", sample_rate = "16000", bit_rate = "16" } },
            }),
        ],
        _ =>
        [
            Json(new { @event = "connected", protocol = "Call", version = "1.0.0" }),
            Json(new
            {
                @event = "start", sequenceNumber = "1", streamSid = _call,
                start = new { streamSid = _call, callSid = _call, accountSid = "sim", tracks = s_tracks, mediaFormat = new { encoding = "audio/x-mulaw", sampleRate = 8000, channels = 1 } },
            }),
        ],
    };

    /// <param name="index">From 0.</param>
    public byte[] Frame(long index)
    {
        var (samples, rate) = ((int)(FrameLength.TotalSeconds * Rate), Rate);
        var audio = new byte[dialect == "twilio" ? samples : samples * 2];
        for (var i = 0; i < samples; i++)
        {
            var value = (short)(Loudness * Math.Sin(2 * Math.PI * (300 + (20 * (number % 40))) * ((index * samples) + i) / rate));
            if (dialect == "twilio")
            {
                audio[i] = Mulaw(value);
            }
            else
            {
                BitConverter.TryWriteBytes(audio.AsSpan(2 * i), value);
            }
        }

        if (IsBinary)
        {
            return audio;
        }

        var (sequence, chunk, timestamp, payload) = (Text(index + 2), Text(index + 1), Text((long)(index * FrameLength.TotalMilliseconds)), Convert.ToBase64String(audio));
        return dialect == "exotel"
            ? Json(new { @event = "media", sequence_number = sequence, stream_sid = _call, media = new { chunk, timestamp, payload } })
            : Json(new { @event = "media", sequenceNumber = sequence, streamSid = _call, media = new { track = "inbound", chunk, timestamp, payload } });
    }

    public byte[] End(long frames) => dialect switch
    {
        "native" => Json(new { @event = "stop" }),
        "exotel" => Json(new { @event = "stop", sequence_number = Text(frames + 2), stream_sid = _call, stop = new { call_sid = _call, account_sid = "sim", reason = "callended" } }),
        _ => Json(new { @event = "stop", sequenceNumber = Text(frames + 2), streamSid = _call, stop = new { callSid = _call, accountSid = "sim" } }),
    };

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static byte[] Json<T>(T message) => Encoding.UTF8.GetBytes(JsonSerializer.Serialize(message));

    /// <summary>G.711.</summary>
    private static byte Mulaw(short sample)
    {
        const int bias = 0x84;
        var (sign, magnitude) = (sample < 0 ? 0x80 : 0, Math.Min(Math.Abs((int)sample), 32_635) + bias);
        var exponent = Math.Max(0, 31 - System.Numerics.BitOperations.LeadingZeroCount((uint)magnitude) - 7);
        return (byte)~(sign | (exponent << 4) | ((magnitude >> (exponent + 3)) & 0x0F));
    }
}
