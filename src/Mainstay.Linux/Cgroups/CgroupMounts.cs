namespace Mainstay.Linux.Cgroups;

/// <summary>Where cgroup v2 is and where in it we are, from two files of /proc.</summary>
/// <param name="Mount">Directory of the mounted hierarchy.</param>
/// <param name="Own">Directory of our own cgroup, which is the mount itself when we are in the root or our cgroup is not visible from here.</param>
internal sealed record CgroupMounts(string Mount, string Own)
{
    /// <param name="mountInfo">Lines of /proc/self/mountinfo.</param>
    /// <param name="membership">Lines of /proc/self/cgroup.</param>
    public static CgroupMounts? Find(IEnumerable<string> mountInfo, IEnumerable<string> membership)
    {
        // 41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
        // root of the mount is field 4, where it is mounted field 5; the type follows a lone dash, after optional fields.
        foreach (var line in mountInfo)
        {
            var fields = line.Split(' ');
            var dash = Array.IndexOf(fields, "-");
            if (dash < 5 || dash + 1 >= fields.Length || fields[dash + 1] != "cgroup2")
            {
                continue;
            }

            var mount = fields[4].Replace("\\040", " ", StringComparison.Ordinal);
            var ours = membership.FirstOrDefault(entry => entry.StartsWith("0::", StringComparison.Ordinal))?[3..] ?? "/";
            var root = fields[3].TrimEnd('/');
            var inside = ours.StartsWith(root, StringComparison.Ordinal) ? ours[root.Length..].Trim('/') : "";

            // "/.." is how the kernel writes a cgroup outside our namespace.
            return new CgroupMounts(mount, inside.Length == 0 || inside.Contains("..", StringComparison.Ordinal) ? mount : Path.Combine(mount, inside));
        }

        return null;
    }
}
