using System.IO.Compression;
using System.Text;
using Penstock.Engine;
using Penstock.Proteins.Input;
using Penstock.Proteins.Ontology;
using Xunit;

namespace Penstock.Tests.Proteins.Ontology;

public sealed class OboParserTests
{
    private const string Small = """
        format-version: 1.2
        data-version: releases/test

        [Term]
        id: GO:0000001
        name: root: of all
        namespace: biological_process
        def: "First \"part\" said." [PMID:1]

        [Term]
        id: GO:0000002
        name: child
        namespace: biological_process
        alt_id: GO:0000012
        alt_id: GO:0000022
        def: "The child." []
        is_a: GO:0000001 {source="x"} ! root
        is_a: GO:0000001 ! root, again
        is_a: GO:9999999 ! not in this file
        relationship: part_of GO:0000003 ! other
        relationship: regulates GO:0000001
        relationship: has_part GO:0000001 ! not kept
        relationship: part_of CL:0000001 ! not GO

        [Term]
        id: GO:0000003
        name: other
        namespace: some_other_space
        is_obsolete: true

        [Term]
        id: CL:0000001
        name: a cell

        [Typedef]
        id: part_of
        name: part of
        is_a: GO:0000001
        """;

    [Fact]
    public void Terms_are_kept_as_their_stanzas_give_them()
    {
        OntologyDocument document = Parse(Small);
        Assert.Equal("releases/test", document.Version);
        Assert.Equal(["GO:0000001", "GO:0000002", "GO:0000003"], document.Terms.Select(term => term.Id));
        OntologyTerm child = document.Terms[1];
        Assert.Equal(("child", "The child.", false), (child.Name, child.Definition, child.IsObsolete));
        Assert.Equal(["GO:0000012", "GO:0000022"], child.AltIds);
        Assert.Equal(["GO:0000001"], child.IsA);
        Assert.Equal(
            [new(RelationKind.PartOf, "GO:0000003"), new(RelationKind.Regulates, "GO:0000001")], child.Relationships);
        Assert.Equal(OntologyAspect.BiologicalProcess, child.Aspect);
        Assert.Equal((null, true), (document.Terms[2].Aspect, document.Terms[2].IsObsolete));
        Assert.Empty(document.Terms[0].AltIds);
    }

    [Fact]
    public void A_definition_ends_at_the_second_quote_and_a_name_keeps_its_colon()
    {
        OntologyTerm root = Parse(Small).Terms[0];
        Assert.Equal("root: of all", root.Name);
        Assert.Equal("First \\", root.Definition);
    }

    [Fact]
    public void Everything_left_out_is_counted_by_reason()
    {
        OntologyDocument document = Parse(Small);
        Assert.Equal(
            new OntologySkips(UnknownTargets: 1, OtherRelations: 2, RepeatedEdges: 1, RepeatedStanzas: 0, OtherStanzas: 1),
            document.Skipped);
        Assert.Equal(3, document.RelationshipCount);
    }

    [Fact]
    public void A_repeated_stanza_replaces_the_first_in_its_place()
    {
        OntologyDocument document = Parse(Small + "\n[Term]\nid: GO:0000001\nname: replaced\n");
        Assert.Equal("replaced", document.Terms[0].Name);
        Assert.Equal((3, 1), (document.Terms.Count, document.Skipped.RepeatedStanzas));
    }

    [Theory]
    [InlineData("is_obsolete: true", true)]
    [InlineData("is_obsolete: false", false)]
    [InlineData("is_obsolete: True", false)]
    public void Only_the_exact_line_makes_a_term_obsolete(string line, bool expected) =>
        Assert.Equal(expected, Parse($"data-version: 1\n[Term]\nid: GO:1\n{line}\n").Terms[0].IsObsolete);

    [Fact]
    public void Gzip_is_told_by_its_first_bytes() => Assert.Equal(3, OboParser.Parse(
        InputFile.FromBytes("go.obo", Compress(Small)), CancellationToken.None).Terms.Count);

    [Fact]
    public void A_truncated_file_is_unreadable_and_never_half_loaded()
    {
        byte[] whole = Compress(Small);
        AssertCode("obo-unreadable", () => OboParser.Parse(
            InputFile.FromBytes("go.obo", whole[..(whole.Length / 2)]), CancellationToken.None));
        AssertCode("obo-unreadable", () => OboParser.Parse(
            InputFile.FromBytes("go.obo", whole[..^1]), CancellationToken.None));
    }

    [Fact]
    public void A_file_without_a_version_is_refused() =>
        AssertCode("obo-version-missing", () => Parse("[Term]\nid: GO:0000001\ndata-version: inside a term\n"));

    [Theory]
    [InlineData("")]
    [InlineData("data-version: 1\n[Term]\nid: CL:0000001\n")]
    public void A_file_without_terms_is_refused(string text) => AssertCode("obo-no-terms", () => Parse(text));

    private static OntologyDocument Parse(string text) =>
        OboParser.Parse(new StringReader(text), "test.obo", CancellationToken.None);

    private static void AssertCode(string code, Func<OntologyDocument> parse) =>
        Assert.Equal(code, Assert.ThrowsAny<PenstockException>(parse).Code);

    private static byte[] Compress(string text)
    {
        using MemoryStream target = new();
        using (GZipStream gzip = new(target, CompressionLevel.Optimal))
            gzip.Write(Encoding.UTF8.GetBytes(text));
        return target.ToArray();
    }
}
