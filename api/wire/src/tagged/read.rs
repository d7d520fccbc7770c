//! Reading: serde is told that the enum's variant is what `type` says, and that its fields are the whole object.

use serde::{
    Deserialize,
    de::{
        DeserializeSeed, Deserializer, EnumAccess, Error as _, IgnoredAny, IntoDeserializer, VariantAccess,
        Visitor,
    },
    forward_to_deserialize_any,
};
use serde_json::{Error, Value};
use std::borrow::Cow;

#[derive(Deserialize)]
struct Head<'a> {
    #[serde(borrow, rename = "type")]
    variant: Cow<'a, str>,
}

/// An object together with its `type`, for `deserialize_enum` alone.
pub(crate) struct Tagged<'a, D> {
    variant: &'a str,
    object: D,
}

type OfText<'a, 'de> = Tagged<'a, &'a mut serde_json::Deserializer<serde_json::de::StrRead<'de>>>;

/// Reads a message from its text with what serde derived for the enum.
pub(crate) fn from_text<'de, T>(
    text: &'de str,
    derived: impl FnOnce(OfText<'_, 'de>) -> Result<T, Error>,
) -> Result<T, Error> {
    let head: Head<'_> = serde_json::from_str(text)?;
    let mut object = serde_json::Deserializer::from_str(text);
    // What follows the object need not be looked at again: the head would have refused it.
    derived(Tagged {
        variant: &head.variant,
        object: &mut object,
    })
}

/// Reads a message from a tree.
pub(crate) fn from_value<T>(
    value: Value,
    derived: impl FnOnce(Tagged<'_, Value>) -> Result<T, Error>,
) -> Result<T, Error> {
    let variant = Head::deserialize(&value)?.variant.into_owned();
    derived(Tagged {
        variant: &variant,
        object: value,
    })
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Tagged<'_, D> {
    type Error = D::Error;

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        visitor.visit_enum(self)
    }

    fn deserialize_any<V: Visitor<'de>>(self, _visitor: V) -> Result<V::Value, D::Error> {
        Err(D::Error::custom("only an enum has a type"))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

impl<'de, D: Deserializer<'de>> EnumAccess<'de> for Tagged<'_, D> {
    type Error = D::Error;
    type Variant = Fields<D>;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Fields<D>), D::Error> {
        let variant = seed.deserialize(self.variant.into_deserializer())?;
        Ok((variant, Fields(self.object)))
    }
}

/// The object as the content of the variant; `type` is one of the fields that the variant does not have.
pub(crate) struct Fields<D>(D);

impl<'de, D: Deserializer<'de>> VariantAccess<'de> for Fields<D> {
    type Error = D::Error;

    fn unit_variant(self) -> Result<(), D::Error> {
        self.0.deserialize_map(IgnoredAny).map(drop)
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, D::Error> {
        seed.deserialize(self.0)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _len: usize, _visitor: V) -> Result<V::Value, D::Error> {
        Err(D::Error::custom("an object is no tuple"))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_map(visitor)
    }
}
