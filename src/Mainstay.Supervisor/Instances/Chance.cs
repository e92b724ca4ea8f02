namespace Mainstay.Supervisor.Instances;

/// <summary>One source of chance for many loops; <see cref="Random"/> itself is not safe for that.</summary>
internal sealed class Chance(Random random)
{
    private readonly Lock _gate = new();

    /// <summary>From 0 to 1.</summary>
    public double Next()
    {
        lock (_gate)
        {
            return random.NextDouble();
        }
    }
}
