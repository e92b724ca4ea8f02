using Mainstay.Realtime.Hub.Access;
using Mainstay.Realtime.Hub.Notices;
using Mainstay.Realtime.Hub.Protocol;
using Mainstay.Realtime.Hub.Requests;
using Mainstay.Realtime.Hub.Rooms;
using Microsoft.Data.Sqlite;

namespace Mainstay.Realtime.Hub.Storage;

/// <summary>How values stand in the rows of the hub's tables.</summary>
internal static class HubRows
{
    public const string RequestColumns =
        "id, branch, device, part, op, data, key, ttl, timeout, correlation, trace, hash, place, asked_at, expires_at, phase, tries, cancel_wished, accepted_at, not_before, due, ends_by, has_outcome, outcome_data, outcome_code, outcome_message, because, notify";

    public static object?[] Of(RequestRecord r) =>
    [
        r.Id.Value, r.Spec.Target.Device.Branch.Name, r.Spec.Target.Device.Id, r.Spec.Target.Part, r.Spec.Op, r.Spec.Data.ToArray(), r.Spec.Key,
        r.Spec.Ttl.Ticks, r.Spec.Timeout.Ticks, r.Spec.Correlation, r.Spec.Trace, r.Hash.Hex, r.Order, r.AskedAt.UtcTicks, r.ExpiresAt.UtcTicks, r.Phase.Word(), r.Try, r.CancelWished ? 1 : 0,
        r.AcceptedAt?.UtcTicks, r.NotBefore?.UtcTicks, r.Due.UtcTicks, r.EndsBy.UtcTicks,
        r.Outcome is null ? 0 : 1, r.Outcome?.Data.ToArray() ?? [], r.Outcome?.Code, r.Outcome?.Message, r.Because,
        r.Spec.Notify ? 1 : 0,
    ];

    public static RequestRecord Request(SqliteDataReader row) => new(
        new(row.GetString(0)),
        new(
            new(new(new(row.GetString(1)), row.GetString(2)), row.GetString(3)),
            row.GetString(4),
            row.GetFieldValue<byte[]>(5),
            row.GetString(6),
            TimeSpan.FromTicks(row.GetInt64(7)),
            TimeSpan.FromTicks(row.GetInt64(8)),
            row.GetString(9),
            TextOf(row, 10))
        { Notify = row.GetInt64(27) != 0 },
        new(row.GetString(11)),
        row.GetInt64(12),
        At(row.GetInt64(13)),
        At(row.GetInt64(14)),
        s_phases[row.GetString(15)],
        row.GetInt32(16),
        row.GetInt64(17) != 0,
        row.IsDBNull(18) ? null : At(row.GetInt64(18)),
        row.IsDBNull(19) ? null : At(row.GetInt64(19)),
        At(row.GetInt64(20)),
        At(row.GetInt64(21)),
        row.GetInt64(22) == 0 ? null : new(row.GetFieldValue<byte[]>(23), TextOf(row, 24), TextOf(row, 25)),
        row.GetString(26));

    public static object?[] Of(PublishedEvent p) =>
        [p.Room.Branch.Name, p.Room.Name, p.Event.Offset, p.Event.At.UtcTicks, p.Event.Data.ToArray(), p.Event.Key, p.Event.Correlation, p.Event.Trace];

    public static RoomEvent Event(SqliteDataReader row) =>
        new(row.GetInt64(0), At(row.GetInt64(1)), row.GetFieldValue<byte[]>(2), TextOf(row, 3), row.GetString(4), TextOf(row, 5));

    public static object?[] Of(KnownDevice d) =>
        [d.Address.Branch.Name, d.Address.Id, d.Kind, d.Version, string.Join(' ', d.Caps), d.FirstSeen.UtcTicks, d.LastSeen.UtcTicks];

    public static KnownDevice Device(SqliteDataReader row) => new(
        new DeviceAddress(new(row.GetString(0)), row.GetString(1)),
        TextOf(row, 2),
        TextOf(row, 3),
        [.. row.GetString(4).Split(' ', StringSplitOptions.RemoveEmptyEntries)],
        At(row.GetInt64(5)),
        At(row.GetInt64(6)));

    public static object?[] Of(Notice n) => [n.Place, n.Id, n.Request, n.At.UtcTicks, n.Body.ToArray()];

    public static Notice Notice(SqliteDataReader row) => new(row.GetInt64(0), row.GetString(1), row.GetString(2), At(row.GetInt64(3)), row.GetFieldValue<byte[]>(4));

    private static DateTimeOffset At(long ticks) => new(ticks, TimeSpan.Zero);

    private static string? TextOf(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static readonly Dictionary<string, RequestPhase> s_phases = Enum.GetValues<RequestPhase>().ToDictionary(p => p.Word(), StringComparer.Ordinal);
}
