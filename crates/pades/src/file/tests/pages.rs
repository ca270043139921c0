//! The page tree.

use super::*;

/// The view of a file whose page tree is object 2.
fn with<T>(objects: &[(u32, &str)], look: impl FnOnce(View<'_, '_>) -> T) -> T {
    let mut builder = Builder::new();
    builder.object(1, "<</Type/Catalog/Pages 2 0 R>>");
    for (number, body) in objects {
        builder.object(*number, body);
    }
    builder.table("/Root 1 0 R");
    let bytes = builder.bytes();
    let source = Bytes(&bytes);
    let pdf = Pdf::open(&source, None).expect("readable");
    look(pdf.latest())
}

/// A page of 100 by 200 with these keys.
fn page(keys: &str) -> Result<Page, PdfError> {
    let page = format!("<</Type/Page/Parent 2 0 R{keys}>>");
    with(
        &[(2, "<</Type/Pages/Count 1/Kids[3 0 R]>>"), (3, &page)],
        |view| view.page(0),
    )
}

fn rect(left: f64, bottom: f64, right: f64, top: f64) -> Rect {
    Rect {
        left,
        bottom,
        right,
        top,
    }
}

#[test]
fn pages_by_index_and_by_name() {
    let tree = [
        (
            2,
            "<</Type/Pages/Count 5/Kids[3 0 R 4 0 R 7 0 R]/MediaBox[0 0 1 1]>>",
        ),
        (3, "<</Type/Page/Parent 2 0 R>>"),
        (4, "<</Type/Pages/Parent 2 0 R/Count 3/Kids 10 0 R>>"),
        (5, "<</Type/Page/Parent 4 0 R>>"),
        (6, "<</Type/Pages/Parent 4 0 R/Count 2/Kids[8 0 R 9 0 R]>>"),
        (7, "<</Type/Page/Parent 2 0 R>>"),
        (8, "<</Type/Page/Parent 6 0 R>>"),
        (9, "<</Type/Page/Parent 6 0 R>>"),
        (10, "[5 0 R 6 0 R]"),
        (11, "<</Type/Page/Parent 2 0 R>>"),
        (12, "<</FT/Tx/Parent 3 0 R>>"),
    ];
    with(&tree, |view| {
        assert_eq!(view.pages(), Ok(5));
        let order = [3, 5, 8, 9, 7];
        for (index, number) in (0..).zip(order) {
            assert_eq!(view.page(index).expect("a page").id, id(number));
            assert_eq!(view.page_number(id(number)), Ok(Some(index)), "{number}");
        }
        assert_eq!(
            place(view.page(5).expect_err("no such page")).1,
            Damage::WrongType
        );
        for other in [1, 11, 12, 99] {
            assert_eq!(view.page_number(id(other)), Ok(None), "{other}");
        }
    });
}

#[test]
fn attributes_are_inherited_from_the_nearest() {
    let tree = [
        (
            2,
            "<</Type/Pages/Count 2/Kids[3 0 R]/MediaBox[0 0 10 20]/Rotate 90/Resources<</A 1>>/UserUnit 5>>",
        ),
        (
            3,
            "<</Type/Pages/Parent 2 0 R/Count 2/Kids[4 0 R 5 0 R]/CropBox 6 0 R/Resources 7 0 R>>",
        ),
        (4, "<</Type/Page/Parent 3 0 R>>"),
        (
            5,
            "<</Type/Page/Parent 3 0 R/MediaBox[0 0 30 40]/Rotate 0/CropBox[0 0 99 99]/Resources<<>>/UserUnit 2.5>>",
        ),
        (6, "[1 2 3 4]"),
        (7, "<</B 2>>"),
    ];
    with(&tree, |view| {
        let first = view.page(0).expect("a page");
        assert_eq!(first.media_box, rect(0.0, 0.0, 10.0, 20.0));
        assert_eq!(first.crop_box, rect(1.0, 2.0, 3.0, 4.0));
        assert_eq!(
            (first.rotate, first.user_unit),
            (90, 1.0),
            "a user unit is not inherited"
        );
        assert_eq!(
            first.resources,
            crate::syntax::parse(b"<</B 2>>").expect("readable").object
        );
        let second = view.page(1).expect("a page");
        assert_eq!(second.media_box, second.crop_box);
        assert_eq!((second.rotate, second.user_unit), (0, 2.5));
        assert_eq!(
            second.resources,
            crate::syntax::parse(b"<<>>").expect("readable").object
        );
    });
}

#[test]
fn boxes_are_put_in_order_and_cut() {
    let read = page("/MediaBox[100 200.5 -1 0]/CropBox[-50 -50 50 500]").expect("a page");
    assert_eq!(read.media_box, rect(-1.0, 0.0, 100.0, 200.5));
    assert_eq!(read.crop_box, rect(-1.0, 0.0, 50.0, 200.5));
    assert_eq!(
        (read.crop_box.width(), read.crop_box.height()),
        (51.0, 200.5)
    );
    assert_eq!(read.resources, Object::Null);
}

#[test]
fn boxes_that_are_none() {
    for keys in [
        "",
        "/MediaBox null",
        "/MediaBox[]",
        "/MediaBox[0 0 1]",
        "/MediaBox[0 0 1 1 1]",
        "/MediaBox[0 0 0 1]",
        "/MediaBox[0 0 1 0]",
        "/MediaBox[0 0 /A 1]",
        "/MediaBox[0 0 1000001 1]",
        "/MediaBox[0 0 1 9999999999999999999999]",
        "/MediaBox(0 0 1 1)",
        "/MediaBox[0 0 1 1]/CropBox[2 2 3 3]",
        "/MediaBox[0 0 1 1]/CropBox[1 1 3 3]",
        "/MediaBox[0 0 1 1]/CropBox 5",
    ] {
        assert_eq!(
            place(page(keys).expect_err(keys)).1,
            Damage::WrongType,
            "{keys}"
        );
    }
    assert!(page("/MediaBox[0 0 1000000 1]").is_ok());
}

#[test]
fn rotation_and_user_unit() {
    let with_box = |keys: &str| page(&format!("/MediaBox[0 0 1 1]{keys}"));
    for (degrees, expected) in [
        (0, 0),
        (90, 90),
        (-90, 270),
        (450, 90),
        (-270, 90),
        (360, 0),
        (180, 180),
    ] {
        assert_eq!(
            with_box(&format!("/Rotate {degrees}"))
                .expect("a page")
                .rotate,
            expected
        );
    }
    for wrong in [
        "/Rotate 45",
        "/Rotate 90.0",
        "/Rotate/A",
        "/UserUnit 0",
        "/UserUnit -1",
        "/UserUnit 20001",
        "/UserUnit[]",
    ] {
        assert_eq!(
            place(with_box(wrong).expect_err(wrong)).1,
            Damage::WrongType
        );
    }
    assert_eq!(
        with_box("/UserUnit 20000").expect("a page").user_unit,
        20_000.0
    );
}

#[test]
fn depth_at_the_limit_and_one_past_it() {
    let look = |levels: usize| {
        let mut builder = Builder::new();
        builder.object(1, "<</Type/Catalog/Pages 2 0 R>>");
        let mut number = 2;
        for _ in 1..levels {
            builder.object(
                number,
                format!(
                    "<</Type/Pages/Parent {} 0 R/Count 1/Kids[{} 0 R]>>",
                    number - 1,
                    number + 1
                ),
            );
            number += 1;
        }
        builder.object(
            number,
            format!("<</Type/Page/Parent {} 0 R/MediaBox[0 0 1 1]>>", number - 1),
        );
        builder.table("/Root 1 0 R");
        let bytes = builder.bytes();
        let source = Bytes(&bytes);
        let pdf = Pdf::open(&source, None).expect("readable");
        let view = pdf.latest();
        (
            view.page(0).map(|page| page.id.number),
            view.page_number(id(number)),
        )
    };
    assert_eq!(look(MAX_PAGE_TREE_DEPTH), (Ok(65), Ok(Some(0))));
    let error = PdfError::TooLarge {
        what: "depth of the page tree",
        limit: 64,
    };
    assert_eq!(
        look(MAX_PAGE_TREE_DEPTH + 1),
        (Err(error.clone()), Err(error))
    );
}

#[test]
fn trees_that_lie_or_turn_in_circles() {
    // A node that is its own kid.
    with(
        &[
            (2, "<</Type/Pages/Parent 2 0 R/Count 1/Kids[2 0 R]>>"),
            (3, "1"),
        ],
        |view| {
            assert!(matches!(view.page(0), Err(PdfError::TooLarge { .. })));
        },
    );
    with(
        &[
            (2, "<</Type/Pages/Count 2/Kids[3 0 R]>>"),
            (3, "<</Type/Pages/Parent 4 0 R>>"),
            (4, "<</Type/Pages/Parent 3 0 R/Count 1/Kids[3 0 R]>>"),
        ],
        |view| {
            assert_eq!(
                place(view.page_number(id(3)).expect_err("no kids")).1,
                Damage::WrongType
            );
        },
    );
    with(&[(2, "<</Type/Pages/Count 4000000000/Kids[]>>")], |view| {
        assert_eq!(
            place(view.pages().expect_err("more pages than objects")).1,
            Damage::WrongType
        );
        assert!(view.page(3_999_999_999).is_err());
    });
    for root in [
        "<</Type/Page>>",
        "<</Type/Pages/Count 1>>",
        "<</Type/Pages/Count 1/Kids[7]>>",
        "<</Type/Pages/Count -1/Kids[]>>",
        "<</Count 1/Kids[]>>",
        "[]",
    ] {
        with(&[(2, root)], |view| {
            assert!(view.page(0).is_err(), "{root}")
        });
    }
    with(
        &[
            (2, "<</Type/Pages/Count 1/Kids[3 0 R]>>"),
            (3, "<</Type/Template>>"),
        ],
        |view| {
            assert_eq!(
                place(view.page(0).expect_err("no page")).1,
                Damage::WrongType
            );
        },
    );
    // As many kids as pages, but one of them is empty: found by counting.
    with(
        &[
            (
                2,
                "<</Type/Pages/Count 2/Kids[3 0 R 4 0 R]/MediaBox[0 0 1 1]>>",
            ),
            (3, "<</Type/Pages/Parent 2 0 R/Count 0/Kids[]>>"),
            (4, "<</Type/Pages/Parent 2 0 R/Count 2/Kids[5 0 R 6 0 R]>>"),
            (5, "<</Type/Page/Parent 4 0 R>>"),
            (6, "<</Type/Page/Parent 4 0 R>>"),
        ],
        |view| {
            assert_eq!(view.page(0).expect("a page").id, id(5));
            assert_eq!(view.page(1).expect("a page").id, id(6));
        },
    );
}

#[test]
fn files_without_a_catalog() {
    let mut builder = Builder::new();
    let bytes = builder.object(1, "[]").table("").bytes();
    let source = Bytes(&bytes);
    let pdf = Pdf::open(&source, None).expect("readable");
    assert_eq!(
        place(pdf.latest().catalog().expect_err("none")),
        (find(&bytes, "<</Size"), Damage::BadTrailer)
    );
    let mut builder = Builder::new();
    let bytes = builder.object(1, "[]").table("/Root 1 0 R").bytes();
    let source = Bytes(&bytes);
    let pdf = Pdf::open(&source, None).expect("readable");
    assert_eq!(
        place(pdf.latest().catalog().expect_err("none")),
        (find(&bytes, "1 0 obj"), Damage::WrongType)
    );
}
