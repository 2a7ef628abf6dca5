//! The texts of pages.

use super::{Surface, TextVisitor, Walk, WalkText, surfaces, words};
use crate::model::{
    DomHierarchy, DomNode, FormSummary, NearbyElement, PageContext, PageKind, PageStructure, ProductInfo,
    SectionKind, SectionSummary, VisualContext,
};

surfaces!(PageContext {
    url => Url,
    title => Title,
    language => Text,
    viewport => none,
    scroll => none,
    document_height => none,
    page_structure => nested,
    nearby_elements => nested,
    dom_hierarchy => nested,
    products => nested,
    extra => nested,
});

surfaces!(PageStructure {
    page_kind => nested,
    heading => Text,
    sections => nested,
    forms => nested,
    interactive_elements => none,
    nodes => none,
});

surfaces!(SectionSummary { kind => nested, label => Text, items => none, bounding_box => none });

surfaces!(FormSummary { name => Text, fields => none, filled => none, required => none });

surfaces!(NearbyElement {
    tag => Text,
    role => Text,
    text => Text,
    selector => Selector,
    bounding_box => none,
    distance => none,
    interactive => none,
});

surfaces!(DomHierarchy { ancestors => nested, depth => none, siblings => none, children => none });

surfaces!(DomNode { tag => Text, id => Attribute, role => Text, classes => Attribute, index => none });

surfaces!(VisualContext { bounding_box => none, visible_ratio => none, occluded => none, cursor => Text });

surfaces!(ProductInfo {
    name => Text,
    price => Text,
    currency => Text,
    sku => Text,
    brand => Text,
    quantity => none,
    availability => Text,
});

words!(PageKind::Other, SectionKind::Other);
