using System.Text;
using System.Text.Json;
using Penstock.Engine.Protection;
using Xunit;

namespace Penstock.Tests.Engine.Protection;

public sealed class SecretMaskTests
{
    private static readonly SecretMask Mask = new([.. SecretMask.UsualFields, "ssn"]);

    [Theory]
    [InlineData("password", true)]
    [InlineData("Password", true)]
    [InlineData("db_password", true)]
    [InlineData("dbPassword", true)]
    [InlineData("accessToken", true)]
    [InlineData("X-API-Key", true)]
    [InlineData("APIKey", true)]
    [InlineData("aws.secret-key", true)]
    [InlineData("ssn", true)]
    [InlineData("token_count", false)]
    [InlineData("max_tokens", false)]
    [InlineData("passwords_checked", false)]
    [InlineData("secretary", false)]
    [InlineData("accession", false)]
    [InlineData("", false)]
    [InlineData("_", false)]
    public void A_name_is_a_secrets_when_it_ends_in_a_listed_one_word_by_word(string name, bool hides) => Assert.Equal(hides, Mask.Hides(name));

    [Theory]
    [InlineData("""{"a":1,"password":"x","in":{"api_key":7,"list":[{"token":{"deep":1}},2]},"secret":null}""",
        """{"a":1,"password":"***","in":{"api_key":"***","list":[{"token":"***"},2]},"secret":null}""")]
    [InlineData("""{"$encrypted":{"key":"k","data":"AAAA"}}""", """{"$encrypted":true}""")]
    [InlineData("""{"result":{"$encrypted":{"key":"k","data":"AAAA"}}}""", """{"result":{"$encrypted":true}}""")]
    [InlineData("""{"lines":["login with password=hunter2 done"]}""", """{"lines":["login with password=*** done"]}""")]
    [InlineData("""["plain",1.50,true,{"big":12345678901234567890}]""", """["plain",1.50,true,{"big":12345678901234567890}]""")]
    public void Values_under_secret_names_are_hidden_at_any_depth_and_nothing_else_changes(string json, string expected) =>
        Assert.Equal(expected, Masked(json));

    [Theory]
    [InlineData("password=hunter2", "password=***")]
    [InlineData("Error: token=abc, next: fine", "Error: token=***, next: fine")]
    [InlineData("url: https://u:p4ss@host/x", "url: https://u:***@host/x")]
    [InlineData("Authorization: Bearer abc.def", "Authorization: ***")]
    [InlineData("api_key: 'a b c' rest", "api_key: *** rest")]
    [InlineData("""{"password":"a\"b","x":1}""", """{"password":***,"x":1}""")]
    [InlineData("""sent {\"token\":\"abc\",\"n\":1}""", """sent {\"token\":***,\"n\":1}""")]
    [InlineData("run --password hunter2 --token=abc -v", "run --password *** --token=*** -v")]
    [InlineData("a?token=abc&x=1", "a?token=***&x=1")]
    [InlineData("password = one password = two", "password = *** password = ***")]
    [InlineData("password=", "password=")]
    [InlineData("token_count=5 ratio: 3", "token_count=5 ratio: 3")]
    [InlineData("no secrets at all", "no secrets at all")]
    public void In_texts_the_value_behind_a_secret_name_is_hidden(string text, string expected) => Assert.Equal(expected, Mask.Text(text));

    [Fact]
    public void A_masked_payload_that_comes_back_edited_keeps_the_values_it_hid()
    {
        const string Original = """{"host":"a","password":"hunter2","in":[{"token":"t1"},{"token":"t2"}]}""";
        (string? payload, string? missing) = Mask.Restore("""{"host":"b","password":"***","in":[{"token":"new"},{"token":"***"}]}""", Original);
        Assert.Null(missing);
        Assert.Equal("""{"host":"b","password":"hunter2","in":[{"token":"new"},{"token":"t2"}]}""", payload);
        Assert.Equal((null, "api_key"), Mask.Restore("""{"api_key":"***"}""", Original));
        // Three stars under an ordinary name are three stars.
        Assert.Equal(("""{"stars":"***"}""", null), Mask.Restore("""{"stars":"***"}""", Original));
    }

    private static string Masked(string json)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream))
            Mask.Write(writer, JsonDocument.Parse(json).RootElement);
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
