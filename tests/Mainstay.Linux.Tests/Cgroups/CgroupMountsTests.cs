using Mainstay.Linux.Cgroups;

namespace Mainstay.Linux.Tests.Cgroups;

public sealed class CgroupMountsTests
{
    private const string Unified = "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate";
    private const string Hybrid = "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw";
    private const string Old = "35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory";

    [Theory]
    [InlineData(Unified, "0::/system.slice/mainstay.service", "/sys/fs/cgroup", "/sys/fs/cgroup/system.slice/mainstay.service")]
    [InlineData(Unified, "0::/", "/sys/fs/cgroup", "/sys/fs/cgroup")]
    [InlineData(Hybrid, "0::/user.slice", "/sys/fs/cgroup/unified", "/sys/fs/cgroup/unified/user.slice")]
    [InlineData("30 23 0:26 /docker/1f /sys/fs/cgroup rw - cgroup2 cgroup rw", "0::/docker/1f/inner", "/sys/fs/cgroup", "/sys/fs/cgroup/inner")]
    [InlineData(Unified, "0::/../other", "/sys/fs/cgroup", "/sys/fs/cgroup")]
    public void The_mount_and_our_place_in_it_are_found(string mount, string membership, string where, string own) =>
        Assert.Equal(new CgroupMounts(where, own), CgroupMounts.Find([Old, mount], ["4:memory:/", membership]));

    [Fact]
    public void A_host_without_version_2_has_none() => Assert.Null(CgroupMounts.Find([Old, "", "x y - z"], ["4:memory:/"]));
}
