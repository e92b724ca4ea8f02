namespace Mainstay.Harness.Product;

/// <summary>A place where a command waits until it is let through: the test chooses the moment at which something happens to it.</summary>
/// <param name="folder">Holds two files: who came, and that the way is free.</param>
public sealed class Gate(string folder)
{
    private string Came => Path.Combine(folder, "came");

    /// <summary>What waits until this file is there waits at the gate.</summary>
    public string Way => Path.Combine(folder, "way");

    public int Arrivals => File.Exists(Came) ? File.ReadAllLines(Came).Length : 0;

    public static Gate In(MainstayHome home, string name)
    {
        var folder = Path.Combine(home.Root, name);
        Directory.CreateDirectory(folder);
        return new(folder);
    }

    /// <summary>As a word list of a manifest: says that it came, waits, and then does <paramref name="then"/>.</summary>
    public string Command(string then = "true") =>
        $"[ sh, -c, \"echo came >> {Came}; while ! test -f {Way}; do sleep 0.05; done; {then}\" ]";

    public void Open() => File.WriteAllText(Way, "");

    public void Close() => File.Delete(Way);

    public Task ArrivedAsync(int count = 1) => Eventually.TrueAsync($"{folder} was reached {count} times", () => Arrivals >= count, ReleasedApp.Patience);
}
