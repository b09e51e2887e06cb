using System.Security.Cryptography;
using Penstock.Engine.Protection;
using Penstock.Testing;
using Xunit;

namespace Penstock.Tests.Engine.Protection;

public sealed class PayloadProtectorTests
{
    private static readonly Guid Job = Guid.Parse("019a0000-0000-7000-8000-000000000001");
    private static readonly Guid Other = Guid.Parse("019a0000-0000-7000-8000-000000000002");
    private static readonly string Secret1 = Convert.ToBase64String(Enumerable.Repeat((byte)1, 32).ToArray());
    private static readonly string Secret2 = Convert.ToBase64String(Enumerable.Repeat((byte)2, 32).ToArray());

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"text":"häuser\n\"quoted\""}""")]
    [InlineData("null")]
    public void What_was_sealed_opens_for_its_job_and_is_sealed_differently_each_time(string json)
    {
        PayloadProtector protector = With($"a:{Secret1}");
        string sealedText = protector.Seal(json, Job);
        Assert.True(SealedText.Is(sealedText));
        Assert.Equal(json, protector.Open(sealedText, Job));
        Assert.NotEqual(sealedText, protector.Seal(json, Job));
        Assert.StartsWith("{\"$encrypted\":{\"key\":\"a\",\"data\":\"", sealedText, StringComparison.Ordinal);
    }

    [Fact]
    public void It_opens_for_no_other_job_and_not_after_a_change()
    {
        PayloadProtector protector = With($"a:{Secret1}");
        string sealedText = protector.Seal("""{"n":1}""", Job);
        Assert.Equal("payload-unreadable", Assert.Throws<PayloadUnreadableException>(() => protector.Open(sealedText, Other)).Code);
        int at = sealedText.Length / 2;
        string changed = sealedText[..at] + (sealedText[at] == 'A' ? 'B' : 'A') + sealedText[(at + 1)..];
        Assert.Throws<PayloadUnreadableException>(() => protector.Open(changed, Job));
        Assert.Throws<PayloadUnreadableException>(() => protector.Open(sealedText[..^4], Job));
        Assert.Throws<PayloadUnreadableException>(() => With($"a:{Secret2}").Open(sealedText, Job));
    }

    [Fact]
    public void Text_that_is_not_sealed_comes_back_as_it_is() =>
        Assert.Equal("""{"a":{"$encrypted":5}}""", With(null).Open("""{"a":{"$encrypted":5}}""", Job));

    [Fact]
    public void It_opens_after_a_store_has_set_blanks_and_escapes()
    {
        PayloadProtector protector = With($"a:{Secret1}");
        string sealedText = protector.Seal("""{"n":1}""", Job);
        string spaced = sealedText.Replace(":", ": ", StringComparison.Ordinal).Replace(",", ", ", StringComparison.Ordinal);
        string escaped = sealedText.Replace("+", "\\u002B", StringComparison.Ordinal).Replace("/", "\\/", StringComparison.Ordinal);
        Assert.Equal(("""{"n":1}""", """{"n":1}"""), (protector.Open(spaced, Job), protector.Open(escaped, Job)));
        Assert.True(SealedText.Is(spaced));
    }

    [Fact]
    public void After_a_rotation_old_texts_open_and_new_ones_use_the_new_key()
    {
        string old = With($"a:{Secret1}").Seal("{}", Job);
        PayloadProtector rotated = With($"b:{Secret2}, a:{Secret1}");
        Assert.Equal("{}", rotated.Open(old, Job));
        Assert.Contains("\"key\":\"b\"", rotated.Seal("{}", Job), StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_key_is_named_and_is_no_failure_of_the_job()
    {
        string old = With($"old-key:{Secret1}").Seal("{}", Job);
        PayloadKeyMissingException error = Assert.Throws<PayloadKeyMissingException>(() => With($"b:{Secret2}").Open(old, Job));
        Assert.Equal(("payload-key-missing", Penstock.Engine.ErrorKind.Unavailable), (error.Code, error.Kind));
        Assert.Contains("'old-key'", error.Message, StringComparison.Ordinal);
        Assert.Throws<PayloadKeyMissingException>(() => With(null).Seal("{}", Job));
    }

    [Theory]
    [InlineData("nocolon")]
    [InlineData("bad id:AAAA")]
    [InlineData("a:AAAA")]
    [InlineData("a:not base64!")]
    public void Keys_that_cannot_be_used_are_refused_without_showing_them(string text)
    {
        PayloadKeysInvalidException error = Assert.Throws<PayloadKeysInvalidException>(() => new PayloadKeyRing(text, null).Check());
        Assert.DoesNotContain("AAAA", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("base64!", error.Message, StringComparison.Ordinal);
        Assert.Throws<PayloadKeysInvalidException>(() => new PayloadKeyRing($"a:{Secret1},a:{Secret2}", null).Check());
    }

    [Fact]
    public void The_key_file_is_made_once_by_whoever_needs_it_first_for_its_owner_alone()
    {
        string file = Path.Combine(TestFolder.New(), "secrets", "payload-keys");
        PayloadKeyRing first = new(null, file);
        PayloadKeyRing second = new(null, file);
        second.Check();
        string sealedText = Protector(first).Seal("{}", Job);
        Assert.Equal("{}", Protector(second).Open(sealedText, Job));
        Assert.Equal(first.First().Id, second.First().Id);
        Assert.Equal(first.First().Id, new PayloadKeyRing(null, file).First().Id);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(file)!));
    }

    private static PayloadProtector With(string? keys) => Protector(new PayloadKeyRing(keys, null));

    private static PayloadProtector Protector(PayloadKeyRing ring) => new(ring, bytes => RandomNumberGenerator.Fill(bytes));
}
