using Mainstay.Linux.Cgroups;

namespace Mainstay.Linux.Tests.Cgroups;

/// <summary>What is written into and read from the kernel's files, on a directory of plain ones.</summary>
public sealed class CgroupTests : IDisposable
{
    private readonly Kernel _kernel = new();
    private readonly Cgroup _cgroup;

    public CgroupTests() => _cgroup = new Cgroup(_kernel.Scratch);

    public void Dispose() => _kernel.Dispose();

    private string Read(string file) => File.ReadAllText(Path.Combine(_kernel.Scratch, file));

    [Fact]
    public void Limits_are_written_as_the_kernel_reads_them()
    {
        Assert.True(_cgroup.LimitMemory(500_000_000));
        Assert.Equal("500000000", Read("memory.max"));
        Assert.Equal("1", Read("memory.oom.group"));
        Assert.True(_cgroup.LimitCpus(1.5));
        Assert.Equal("150000 100000", Read("cpu.max"));
        Assert.True(_cgroup.LimitCpus(0.001));
        Assert.Equal("1000 100000", Read("cpu.max"));
        Assert.True(_cgroup.Kill());
        Assert.Equal("1", Read("cgroup.kill"));
    }

    [Fact]
    public void Kills_for_memory_are_counted_only_where_the_kernel_counts_them()
    {
        Assert.Null(_cgroup.OutOfMemoryKills);
        _kernel.Write("memory.events", "low 0\nhigh 4\nmax 9\noom 3\noom_kill 2\noom_group_kill 1\n");
        Assert.Equal(2, _cgroup.OutOfMemoryKills);
    }

    [Fact]
    public void Members_are_those_of_the_cgroups_below_too()
    {
        _kernel.Write("cgroup.procs", "12\n0\n13\n");
        Directory.CreateDirectory(Path.Combine(_kernel.Scratch, "below"));
        _kernel.Write("below/cgroup.procs", "14\n");
        Assert.Equal([12, 13, 14], _cgroup.Processes().Order());
    }

    [Fact]
    public void What_is_missing_or_refuses_is_told_and_not_thrown()
    {
        var gone = new Cgroup(Path.Combine(_kernel.Scratch, "gone"));
        Assert.Empty(gone.Processes());
        Assert.False(gone.Kill());
        Assert.False(gone.LimitMemory(1));
        Assert.True(gone.Remove());
        _kernel.Write("member", "");
        Assert.False(_cgroup.Remove());
    }
}
