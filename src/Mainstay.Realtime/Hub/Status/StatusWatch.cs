namespace Mainstay.Realtime.Hub.Status;

/// <summary>Which values somebody wants to see: one key, or all that begin with something (<c>printer:*</c>).</summary>
internal readonly record struct StatusWatch(string Beginning, bool IsWhole)
{
    public static StatusWatch Parse(string of) => of.EndsWith('*') ? new(of[..^1], false) : new(of, true);

    public bool Wants(string of) => IsWhole ? of == Beginning : of.StartsWith(Beginning, StringComparison.Ordinal);
}
